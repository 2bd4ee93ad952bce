import type { Compaction, Memory, SlotRange } from '../../../../kernels';
import { allocateMemory, forEachHead } from '../../../../kernels';
import {
  gatherMoved, gatherScores, moveThreads, moveWords, placeSelected, rankCandidates, selectionThreads, settleMoved, settleScores, turnInserted,
} from '../../../../kernels/wgsl';
import type { Geometry } from '../../model';
import { Buffers } from './buffers';
import type { Gpu } from './gpu';
import type { Dispatch, Pipelines } from './pipelines';
import { readBack } from './readBack';
import type { Scratch } from './scratch';
import type { WgslState } from './wgslState';

/** Compaction, extraction and insertion, on the device: what is chosen never comes to the processor unless it is asked for. */
export class CacheMoves {
  private readonly kernels;
  private readonly uniform: GPUBuffer;
  private readonly ofState = new WeakMap<WgslState, MoveBuffers>();

  constructor(
    private readonly gpu: Gpu,
    private readonly geometry: Geometry,
    private readonly scratch: Scratch,
    private readonly pipelines: Pipelines,
    buffers: Buffers,
  ) {
    this.uniform = buffers.uniform('moves', moveWords * 4);
    this.kernels = {
      rank: rankCandidates(), place: placeSelected(), gather: gatherMoved(geometry), settle: settleMoved(geometry),
      gatherScores: gatherScores(), settleScores: settleScores(), turn: turnInserted(geometry),
    };
  }

  /** Enqueues a compaction; the state's length is known at once. */
  compact(state: WgslState, { memory, evicted, keep }: Compaction): void {
    checkRange(state, memory);
    checkRange(state, evicted);
    if (memory.end > evicted.start) throw new RangeError('The evicted slots must lie behind the memory.');
    if (!(keep >= 0)) throw new RangeError(`The number of entries to keep must not be negative: ${keep}.`);
    const candidates = memory.end - memory.start + evicted.end - evicted.start;
    const kept = Math.min(keep, candidates);
    const moved = state.length - memory.start - candidates + kept;
    const { gather, settle, gatherScores: gatherAll, settleScores: settleAll } = this.kernels;
    const { origins, keys, values, scores, sources } = this.buffersOf(state);
    const { uniform, pipelines } = this;
    this.write({ memory, evicted, kept, moved, slots: state.slots, detached: false });
    const settled = this.perLayer(moved, 1, (layer) => ({ kernel: settle, group: pipelines.bind(settle, [uniform, keys, values, state.keys[layer], state.values[layer]]) }));
    const gathered = this.perLayer(moved, 0.5, (layer) => ({ kernel: gather, group: this.bindGather(state, layer) }));
    this.submit([
      ...this.selection(state, candidates, kept),
      ...gathered.flatMap((dispatch, layer) => [dispatch, settled[layer]]),
      { kernel: gatherAll, group: pipelines.bind(gatherAll, [uniform, origins, state.scores, state.sources, scores, sources]), workgroups: this.perEntry(moved) },
      { kernel: settleAll, group: pipelines.bind(settleAll, [uniform, scores, sources, state.scores, state.sources]), workgroups: this.perEntry(moved) },
    ]);
    state.length = memory.start + moved;
  }

  async extract(state: WgslState, range: SlotRange, entries: number): Promise<Memory> {
    checkRange(state, range);
    const { layers, keyValueHeads, headDim } = this.geometry;
    const memory = allocateMemory(this.geometry, Math.max(0, Math.min(entries, range.end - range.start)));
    const { count } = memory;
    if (count === 0) return memory;
    const { gather, gatherScores: gatherAll } = this.kernels;
    const { origins, keys, values, scores, sources } = this.buffersOf(state);
    this.write({ memory: range, evicted: { start: range.end, end: range.end }, kept: count, moved: count, slots: state.slots, detached: true });
    const layerBytes = keyValueHeads * count * headDim * 4;
    const entryBytes = layers * keyValueHeads * count * 4;
    const [allKeys, allValues, allScores, allSources] = await readBack(this.gpu, [layers * layerBytes, layers * layerBytes, entryBytes, entryBytes], (encoder, copy) => {
      const group = this.pipelines.bind(gatherAll, [this.uniform, origins, state.scores, state.sources, scores, sources]);
      this.encode(encoder, [...this.selection(state, range.end - range.start, count), { kernel: gatherAll, group, workgroups: this.perEntry(count) }]);
      for (const [layer, dispatch] of this.perLayer(count, 0.5, (number) => ({ kernel: gather, group: this.bindGather(state, number) })).entries()) {
        this.encode(encoder, [dispatch]);
        copy(0, keys, layerBytes, layer * layerBytes);
        copy(1, values, layerBytes, layer * layerBytes);
      }
      copy(2, scores, entryBytes);
      copy(3, sources, entryBytes);
    });
    memory.keys.set(new Float32Array(allKeys));
    memory.values.set(new Float32Array(allValues));
    memory.scores.set(new Float32Array(allScores));
    memory.sources.set(new Int32Array(allSources));
    return memory;
  }

  insert(state: WgslState, memory: Memory): void {
    const { count, headDim } = memory;
    const { queue } = this.gpu.device;
    if (count === 0) return;
    const start = state.length;
    forEachHead(this.geometry, (layer, head, row) => {
      const target = (head * state.slots + start) * headDim * 4;
      const entries = row * state.slots * 4 + start * 4;
      queue.writeBuffer(state.keys[layer], target, memory.keys, row * count * headDim, count * headDim);
      queue.writeBuffer(state.values[layer], target, memory.values, row * count * headDim, count * headDim);
      queue.writeBuffer(state.scores, entries, memory.scores, row * count, count);
      queue.writeBuffer(state.sources, entries, memory.sources, row * count, count);
    });
    const end = start + count;
    this.write({ memory: { start, end }, evicted: { start: end, end }, kept: count, moved: count, slots: state.slots, detached: false });
    const { turn } = this.kernels;
    this.submit(this.perLayer(count, 0.5, (layer) => ({ kernel: turn, group: this.pipelines.bind(turn, [this.uniform, state.rotary, state.keys[layer]]) })));
    state.length = end;
  }

  private selection(state: WgslState, candidates: number, kept: number): Dispatch[] {
    if (kept === 0) return [];
    const { layers, keyValueHeads } = this.geometry;
    const { rank, place } = this.kernels;
    const { selected, origins } = this.buffersOf(state);
    const workgroups = [Math.ceil(candidates / selectionThreads), layers * keyValueHeads] as const;
    return [
      { kernel: rank, group: this.pipelines.bind(rank, [this.uniform, state.scores, state.sources, selected]), workgroups },
      { kernel: place, group: this.pipelines.bind(place, [this.uniform, state.sources, selected, origins]), workgroups },
    ];
  }

  private bindGather(state: WgslState, layer: number): GPUBindGroup {
    const { origins, keys, values } = this.buffersOf(state);
    return this.pipelines.bind(this.kernels.gather, [
      this.uniform, { buffer: this.scratch.layerNumbers, offset: 256 * layer }, state.rotary, origins, state.keys[layer], state.values[layer], keys, values,
    ]);
  }

  /** @param share of the features that a thread takes care of */
  private perLayer(entries: number, share: number, of: (layer: number) => Omit<Dispatch, 'workgroups'>): Dispatch[] {
    const { layers, keyValueHeads, headDim } = this.geometry;
    const workgroups = [Math.ceil(entries * headDim * share / moveThreads), keyValueHeads] as const;
    return Array.from({ length: layers }, (_, layer) => ({ ...of(layer), workgroups }));
  }

  private perEntry(entries: number): Dispatch['workgroups'] {
    return [Math.ceil(entries / moveThreads), this.geometry.layers * this.geometry.keyValueHeads];
  }

  private write({ memory, evicted, kept, moved, slots, detached }: Omit<Compaction, 'keep'> & { kept: number; moved: number; slots: number; detached: boolean }): void {
    const words = Uint32Array.of(memory.start, memory.end - memory.start, evicted.start, evicted.end - evicted.start, kept, moved, slots, detached ? 1 : 0);
    this.gpu.device.queue.writeBuffer(this.uniform, 0, words);
  }

  private submit(dispatches: readonly Dispatch[]): void {
    const encoder = this.gpu.device.createCommandEncoder();
    this.encode(encoder, dispatches);
    this.gpu.device.queue.submit([encoder.finish()]);
  }

  private encode(encoder: GPUCommandEncoder, dispatches: readonly Dispatch[]): void {
    const pass = encoder.beginComputePass();
    this.pipelines.encode(pass, dispatches);
    pass.end();
  }

  private buffersOf(state: WgslState): MoveBuffers {
    const known = this.ofState.get(state);
    if (known !== undefined) return known;
    const { keyValueHeads, headDim, layers } = this.geometry;
    const layerBytes = keyValueHeads * state.slots * headDim * 4;
    const entryBytes = layers * keyValueHeads * state.slots * 4;
    const buffers: MoveBuffers = {
      selected: state.buffers.storage('selected', entryBytes),
      origins: state.buffers.storage('origins', entryBytes),
      keys: state.buffers.storage('moved keys', layerBytes),
      values: state.buffers.storage('moved values', layerBytes),
      scores: state.buffers.storage('moved scores', entryBytes),
      sources: state.buffers.storage('moved sources', entryBytes),
    };
    this.ofState.set(state, buffers);
    return buffers;
  }
}

/** Room for one layer's moved entries, and for all layers' choice. */
interface MoveBuffers {
  readonly selected: GPUBuffer;
  readonly origins: GPUBuffer;
  readonly keys: GPUBuffer;
  readonly values: GPUBuffer;
  readonly scores: GPUBuffer;
  readonly sources: GPUBuffer;
}

function checkRange(state: WgslState, { start, end }: SlotRange): void {
  if (!(start >= 0 && start <= end && end <= state.length)) {
    throw new RangeError(`Slots ${start} to ${end} do not lie in the ${state.length} slots in use.`);
  }
}
