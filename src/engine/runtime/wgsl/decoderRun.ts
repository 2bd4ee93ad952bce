import {
  combineThreads, embedThreads, largestParts, queryKeyValueUnits, queryRows, rowProductWorkgroups, rowsPerUnit, scoreThreads,
} from '../../../../kernels/wgsl';
import type { Geometry } from '../../model';
import { DecoderKernels, tileFor } from './decoderKernels';
import type { Dispatch, Pipelines } from './pipelines';
import { mostRows, splitLength, type Scratch } from './scratch';
import type { Weights } from './weights';
import type { WgslState } from './wgslState';

/** One run: T tokens behind what a state holds. */
export interface Run {
  readonly tokens: number;
  /** Slot of the first. */
  readonly first: number;
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
  private readonly ofState = new WeakMap<WgslState, StateGroups>();

  constructor(
    private readonly geometry: Geometry,
    private readonly weights: Weights,
    private readonly scratch: Scratch,
    private readonly kernels: DecoderKernels,
    private readonly pipelines: Pipelines,
  ) {
    this.shared = this.bindShared();
  }

  /** The uniform of a run. */
  step({ tokens, first, source, rows }: Run, slots: number): Int32Array {
    const { length, count } = splitsOf(tokens, first);
    return Int32Array.of(tokens, first, source, slots, length, count, rows, tokens - rows);
  }

  dispatches(state: WgslState, run: Run, withLargest: boolean): Dispatch[] {
    const { geometry, kernels, shared } = this;
    const { layers, width, queryHeads, keyValueHeads, headDim, feedForwardWidth, vocabulary, scorerHidden } = geometry;
    const { tokens, rows } = run;
    const own = this.groupsOf(state);
    const tile = tileFor(tokens);
    const tiled = kernels.of(tile);
    const splits = splitsOf(tokens, run.first).count;
    const product = (units: number) => rowProductWorkgroups(units, tokens, tile);
    const scorerRows = scorerHidden > 0 ? scorerHidden : keyValueHeads;
    const list: Dispatch[] = [{ kernel: kernels.embed, group: shared.embed, workgroups: [Math.ceil(tokens * width / 8 / embedThreads)] }];
    for (let layer = 0; layer < layers; layer++) {
      const groups = shared.layers[layer];
      list.push({ kernel: tiled.queryKeyValue, group: own.queryKeyValue[layer], workgroups: product(queryKeyValueUnits(geometry, scorerRows)) });
      // Behind the last keys and values only logits are computed.
      if (layer === layers - 1 && rows === 0) break;
      list.push(
        { kernel: kernels.attention, group: own.attention[layer], workgroups: [Math.ceil(tokens * queryHeads / keyValueHeads / queryRows), keyValueHeads, splits] },
        { kernel: kernels.combine, group: shared.combine, workgroups: [Math.ceil(tokens * queryHeads * headDim / 4 / combineThreads)] },
        { kernel: tiled.output, group: groups.output, workgroups: product(width / rowsPerUnit) },
        { kernel: tiled.gateUp, group: groups.gateUp, workgroups: product(feedForwardWidth / 2) },
        { kernel: tiled.down, group: groups.down, workgroups: product(width / rowsPerUnit) },
      );
    }
    list.push({ kernel: kernels.scores, group: own.scores, workgroups: [Math.ceil(tokens / scoreThreads), layers * keyValueHeads] });
    if (rows === 0) return list;
    const headTile = tileFor(rows);
    list.push({ kernel: kernels.of(headTile).head, group: shared.head, workgroups: rowProductWorkgroups(Math.ceil(vocabulary / rowsPerUnit), rows, headTile) });
    if (withLargest) list.push({ kernel: kernels.largestLogit, group: shared.largestLogit, workgroups: [largestParts, rows] });
    return list;
  }

  private bindShared(): SharedGroups {
    const { kernels, weights, scratch, pipelines } = this;
    const { step, ids, residual, partials, extent, attended, activated, logits, best } = scratch;
    const tiled = kernels.of(1);
    return {
      embed: pipelines.bind(kernels.embed, [step, weights.head.buffer, ids, residual]),
      combine: pipelines.bind(kernels.combine, [step, partials, extent, attended]),
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
    const { step, layerNumbers, residual, query, partials, extent, features } = scratch;
    const { keys, values, rotary, scores, sources } = state;
    const groups: StateGroups = {
      queryKeyValue: weights.layers.map(({ attention }, layer) => pipelines.bind(kernels.of(1).queryKeyValue, [
        step, attention, residual, { buffer: layerNumbers, offset: 256 * layer }, rotary, query, keys[layer], values[layer], features,
      ])),
      attention: keys.map((_, layer) => pipelines.bind(kernels.attention, [step, query, keys[layer], values[layer], partials, extent])),
      scores: pipelines.bind(kernels.scores, [step, weights.scorers.buffer, features, scores, sources]),
    };
    this.ofState.set(state, groups);
    return groups;
  }
}

interface SharedGroups {
  readonly embed: GPUBindGroup;
  readonly combine: GPUBindGroup;
  readonly head: GPUBindGroup;
  readonly largestLogit: GPUBindGroup;
  readonly layers: readonly { readonly output: GPUBindGroup; readonly gateUp: GPUBindGroup; readonly down: GPUBindGroup }[];
}

/** Of one state; one group a layer. */
interface StateGroups {
  readonly queryKeyValue: readonly GPUBindGroup[];
  readonly attention: readonly GPUBindGroup[];
  readonly scores: GPUBindGroup;
}

/** Few tokens share the slots out among workgroups; many have workgroups enough, and one reads all slots. */
function splitsOf(tokens: number, first: number): { length: number; count: number } {
  const used = first + tokens;
  return tokens <= mostRows ? { length: splitLength, count: Math.ceil(used / splitLength) } : { length: used, count: 1 };
}
