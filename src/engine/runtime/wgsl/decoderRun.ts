import {
  embedThreads, largestParts, queryKeyValueUnits, queryRows, rowProductWorkgroups, rowsPerUnit, scoreThreads,
} from '../../../../kernels/wgsl';
import type { LayerGroup, PerGroup } from '../../../../kernels';
import type { Geometry } from '../../model';
import { DecoderKernels, tileFor } from './decoderKernels';
import type { Dispatch, Pipelines } from './pipelines';
import { splitsOf, type Scratch } from './scratch';
import type { Weights } from './weights';
import type { WgslState } from './wgslState';

/** One run: T tokens behind what a state holds. */
export interface Run {
  readonly tokens: number;
  /** Slot of the first, in each group of layers. */
  readonly firsts: PerGroup<number>;
  readonly source: number;
  /** Rows of logits, of the last tokens; at most {@link mostRows}. */
  readonly rows: number;
}

/**
 * Writes a run down as dispatches: the embedding, five a layer and the joining of attention's splits, the head, the
 * scores. Bind groups are made once for a model and once for a state.
 */
export class DecoderRun {
  private readonly shared: SharedGroups;
  /** The group of each layer. */
  private readonly groupOf: readonly number[];
  private readonly ofState = new WeakMap<WgslState, StateGroups>();

  constructor(
    private readonly geometry: Geometry,
    private readonly groups: PerGroup<LayerGroup>,
    private readonly weights: Weights,
    private readonly scratch: Scratch,
    private readonly kernels: DecoderKernels,
    private readonly pipelines: Pipelines,
  ) {
    this.shared = this.bindShared();
    this.groupOf = groups.flatMap(({ layers }, i) => Array.from({ length: layers }, () => i));
  }

  /** The uniforms of a run, one for each group. */
  steps({ tokens, firsts, source, rows }: Run, slots: PerGroup<number>): PerGroup<Int32Array> {
    return firsts.map((first, group) => {
      const { length, count } = splitsOf(this.geometry, tokens, first + tokens);
      return Int32Array.of(tokens, first, source, slots[group], length, count, rows, tokens - rows);
    });
  }

  dispatches(state: WgslState, run: Run, withLargest: boolean): Dispatch[] {
    const { geometry, kernels, shared } = this;
    const { layers, width, queryHeads, keyValueHeads, headDim, feedForwardWidth, vocabulary, scorerHidden } = geometry;
    const { tokens, rows } = run;
    const own = this.groupsOf(state);
    const tile = tileFor(tokens);
    const tiled = kernels.of(tile);
    const splits = run.firsts.map((first) => splitsOf(geometry, tokens, first + tokens).count);
    const product = (units: number, columns: number) => rowProductWorkgroups(units, columns, tokens, tile);
    const scorerRows = scorerHidden > 0 ? scorerHidden : keyValueHeads;
    const list: Dispatch[] = [{ kernel: kernels.embed, group: shared.embed, workgroups: [Math.ceil(tokens * width / 8 / embedThreads)] }];
    for (let layer = 0; layer < layers; layer++) {
      const bound = shared.layers[layer];
      const group = this.groupOf[layer];
      list.push({ kernel: tiled.queryKeyValue, group: own.queryKeyValue[layer], workgroups: product(queryKeyValueUnits(geometry, scorerRows), width) });
      // Behind the last keys and values only logits are computed.
      if (layer === layers - 1 && rows === 0) break;
      list.push(
        { kernel: kernels.attention, group: own.attention[layer], workgroups: [Math.ceil(tokens * queryHeads / keyValueHeads / queryRows), keyValueHeads, splits[group]] },
        { kernel: kernels.combine, group: shared.combine[group], workgroups: [tokens * queryHeads] },
        { kernel: tiled.output, group: bound.output, workgroups: product(width / rowsPerUnit, queryHeads * headDim) },
        { kernel: tiled.gateUp, group: bound.gateUp, workgroups: product(feedForwardWidth / 2, width) },
        { kernel: tiled.down, group: bound.down, workgroups: product(width / rowsPerUnit, feedForwardWidth) },
      );
    }
    this.groups.forEach((group, i) => {
      list.push({ kernel: kernels.scores[i], group: own.scores[i], workgroups: [Math.ceil(tokens / scoreThreads), group.layers * keyValueHeads] });
    });
    if (rows === 0) return list;
    const headTile = tileFor(rows);
    list.push({ kernel: kernels.of(headTile).head, group: shared.head, workgroups: rowProductWorkgroups(Math.ceil(vocabulary / rowsPerUnit), width, rows, headTile) });
    if (withLargest) list.push({ kernel: kernels.largestLogit, group: shared.largestLogit, workgroups: [largestParts, rows] });
    return list;
  }

  private bindShared(): SharedGroups {
    const { kernels, weights, scratch, pipelines } = this;
    const { steps, ids, residual, partials, extent, attended, activated, logits, best } = scratch;
    // What has nothing to do with slots may read any group's.
    const [step] = steps;
    const tiled = kernels.of(1);
    return {
      embed: pipelines.bind(kernels.embed, [step, weights.head.buffer, ids, residual]),
      combine: steps.map((own) => pipelines.bind(kernels.combine, [own, partials, extent, attended])),
      head: pipelines.bind(tiled.head, [step, weights.head.buffer, residual, logits]),
      largestLogit: pipelines.bind(kernels.largestLogit, [logits, best]),
      layers: weights.layers.map(({ output, gateUp, down }) => ({
        output: pipelines.bind(tiled.output, [step, output, attended, residual]),
        gateUp: pipelines.bind(tiled.gateUp, [step, gateUp, residual, activated]),
        down: pipelines.bind(tiled.down, [step, down, activated, residual]),
      })),
    };
  }

  private groupsOf(state: WgslState): StateGroups {
    const known = this.ofState.get(state);
    if (known !== undefined) return known;
    const { kernels, weights, scratch, pipelines } = this;
    const { steps, layerNumbers, residual, query, partials, extent, features } = scratch;
    const caches = state.caches.flatMap((cache, group) => cache.keys.map((keys, i) => ({ keys, values: cache.values[i], rotary: cache.rotary, step: steps[group] })));
    const groups: StateGroups = {
      queryKeyValue: caches.map(({ step, keys, values, rotary }, layer) => pipelines.bind(kernels.of(1).queryKeyValue, [
        step, weights.layers[layer].attention, residual, { buffer: layerNumbers, offset: 256 * layer }, rotary, query, keys, values, features,
      ])),
      attention: caches.map(({ step, keys, values }) => pipelines.bind(kernels.attention, [step, query, keys, values, partials, extent])),
      scores: state.caches.map(({ scores, sources }, group) => pipelines.bind(kernels.scores[group], [steps[group], weights.scorers.buffer, features, scores, sources])),
    };
    this.ofState.set(state, groups);
    return groups;
  }
}

interface SharedGroups {
  readonly embed: GPUBindGroup;
  readonly combine: PerGroup<GPUBindGroup>;
  readonly head: GPUBindGroup;
  readonly largestLogit: GPUBindGroup;
  readonly layers: readonly { readonly output: GPUBindGroup; readonly gateUp: GPUBindGroup; readonly down: GPUBindGroup }[];
}

/** Of one state; one a layer, and of the scores one a group of layers. */
interface StateGroups {
  readonly queryKeyValue: readonly GPUBindGroup[];
  readonly attention: readonly GPUBindGroup[];
  readonly scores: PerGroup<GPUBindGroup>;
}
