import {
  attention, combine, embed, gateUp, head, largestLogit, projectToResidual, queryKeyValue, scores, type Features, type Kernel,
} from '../../../../kernels/wgsl';
import type { LayerGroup, PerGroup } from '../../../../kernels';
import type { Geometry } from '../../model';
import { capacity } from './scratch';
import type { Weights } from './weights';

/** Kernels that are written for a number of tokens that share a reading of the weights. */
export interface TiledKernels {
  readonly queryKeyValue: Kernel;
  readonly output: Kernel;
  readonly gateUp: Kernel;
  readonly down: Kernel;
  readonly head: Kernel;
}

/** The shaders of one model on one device. */
export class DecoderKernels {
  readonly embed: Kernel;
  readonly attention: Kernel;
  readonly combine: Kernel;
  readonly scores: PerGroup<Kernel>;
  readonly largestLogit: Kernel;
  private readonly tiled = new Map<number, TiledKernels>();

  constructor(private readonly geometry: Geometry, groups: PerGroup<LayerGroup>, private readonly weights: Weights, private readonly features: Features) {
    this.embed = embed(weights.head.matrix);
    this.attention = attention(geometry);
    this.combine = combine(geometry);
    this.scores = groups.map((group) => scores(geometry, weights.scorers.outputs, capacity, group));
    this.largestLogit = largestLogit(geometry.vocabulary);
  }

  /** The variants for a tile of tokens, written when they are first needed. */
  of(tile: number): TiledKernels {
    const known = this.tiled.get(tile);
    if (known !== undefined) return known;
    const { geometry, features, weights: { layout, head: headWeights } } = this;
    const kernels = {
      queryKeyValue: queryKeyValue(geometry, layout.attention, tile, capacity, features),
      output: projectToResidual('output', layout.output, tile, features),
      gateUp: gateUp(geometry, layout.gateUp.matrix, layout.gateUp.norm, tile, features),
      down: projectToResidual('down', layout.down, tile, features),
      head: head(geometry, headWeights.matrix, headWeights.norm, tile, features),
    };
    this.tiled.set(tile, kernels);
    return kernels;
  }
}

/** The smallest tile that holds so many tokens; more than the largest take several. */
export function tileFor(tokens: number): number {
  return tiles.find((tile) => tile >= tokens) ?? tiles[tiles.length - 1];
}

const tiles = [1, 2, 4, 8, 16] as const;
