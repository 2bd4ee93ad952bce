import type { Compaction, Memory, SlotRange } from '../../../../kernels';
import { allocateMemory, checkCompaction, checkRange, forEachHead } from '../../../../kernels';
import {
  gatherMoved, gatherScores, moveThreads, moveWords, placeSelected, rankCandidates, selectionThreads, settleMoved, settleScores, turnInserted,
} from '../../../../kernels/wgsl';
import type { Geometry } from '../../model';
import { Buffers } from './buffers';
import type { Gpu } from './gpu';
import type { Dispatch, Pipelines } from './pipelines';
import { readBack } from './readBack';
import type { Scratch } from './scratch';
import type { WgslCache } from './wgslState';

/**
 * Compaction, extraction and insertion in the cache of a group of layers, on the device: what is chosen never comes to the
 * processor unless it is asked for. Layers are counted in their group.
 */
export class CacheMoves {
  private readonly kernels;
  private readonly uniform: GPUBuffer;
  private readonly ofCache = new WeakMap<WgslCache, MoveBuffers>();

  constructor(
    private readonly gpu: Gpu,
    geometry: Geometry,
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

  /** Enqueues a compaction; the cache's length is known at once. */
  compact(cache: WgslCache, { memory, evicted, keep }: Compaction): void {
    checkCompaction(cache, { memory, evicted, keep });
    const candidates = memory.end - memory.start + evicted.end - evicted.start;
    const kept = Math.min(keep, candidates);
    const moved = cache.length - memory.start - candidates + kept;
    const { gather, settle, gatherScores: gatherAll, settleScores: settleAll } = this.kernels;
    const { origins, keys, values, scores, sources } = this.buffersOf(cache);
    const { uniform, pipelines } = this;
    this.write({ memory, evicted, kept, moved, slots: cache.slots, detached: false });
    const settled = this.perLayer(cache, moved, 1, (layer) => ({ kernel: settle, group: pipelines.bind(settle, [uniform, keys, values, cache.keys[layer], cache.values[layer]]) }));
    const gathered = this.perLayer(cache, moved, 0.5, (layer) => ({ kernel: gather, group: this.bindGather(cache, layer) }));
    this.submit([
      ...this.selection(cache, candidates, kept),
      ...gathered.flatMap((dispatch, layer) => [dispatch, settled[layer]]),
      { kernel: gatherAll, group: pipelines.bind(gatherAll, [uniform, origins, cache.scores, cache.sources, scores, sources]), workgroups: this.perEntry(cache, moved) },
      { kernel: settleAll, group: pipelines.bind(settleAll, [uniform, scores, sources, cache.scores, cache.sources]), workgroups: this.perEntry(cache, moved) },
    ]);
    cache.length = memory.start + moved;
  }

  async extract(cache: WgslCache, range: SlotRange, entries: number): Promise<Memory> {
    checkRange(cache, range);
    const { layers, keyValueHeads, headDim } = cache;
    const memory = allocateMemory(cache, Math.max(0, Math.min(entries, range.end - range.start)));
    const { count } = memory;
    if (count === 0) return memory;
    const { gather, gatherScores: gatherAll } = this.kernels;
    const { origins, keys, values, scores, sources } = this.buffersOf(cache);
    this.write({ memory: range, evicted: { start: range.end, end: range.end }, kept: count, moved: count, slots: cache.slots, detached: true });
    const layerBytes = keyValueHeads * count * headDim * 4;
    const entryBytes = layers * keyValueHeads * count * 4;
    const [allKeys, allValues, allScores, allSources] = await readBack(this.gpu, [layers * layerBytes, layers * layerBytes, entryBytes, entryBytes], (encoder, copy) => {
      const group = this.pipelines.bind(gatherAll, [this.uniform, origins, cache.scores, cache.sources, scores, sources]);
      this.encode(encoder, [...this.selection(cache, range.end - range.start, count), { kernel: gatherAll, group, workgroups: this.perEntry(cache, count) }]);
      for (const [layer, dispatch] of this.perLayer(cache, count, 0.5, (number) => ({ kernel: gather, group: this.bindGather(cache, number) })).entries()) {
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

  insert(cache: WgslCache, memory: Memory): void {
    const { count, headDim } = memory;
    const { queue } = this.gpu.device;
    if (count === 0) return;
    const start = cache.length;
    forEachHead(cache, (layer, head, row) => {
      const target = (head * cache.slots + start) * headDim * 4;
      const entries = row * cache.slots * 4 + start * 4;
      queue.writeBuffer(cache.keys[layer], target, memory.keys, row * count * headDim, count * headDim);
      queue.writeBuffer(cache.values[layer], target, memory.values, row * count * headDim, count * headDim);
      queue.writeBuffer(cache.scores, entries, memory.scores, row * count, count);
      queue.writeBuffer(cache.sources, entries, memory.sources, row * count, count);
    });
    const end = start + count;
    this.write({ memory: { start, end }, evicted: { start: end, end }, kept: count, moved: count, slots: cache.slots, detached: false });
    const { turn } = this.kernels;
    this.submit(this.perLayer(cache, count, 0.5, (layer) => ({ kernel: turn, group: this.pipelines.bind(turn, [this.uniform, cache.rotary, cache.keys[layer]]) })));
    cache.length = end;
  }

  private selection(cache: WgslCache, candidates: number, kept: number): Dispatch[] {
    if (kept === 0) return [];
    const { layers, keyValueHeads } = cache;
    const { rank, place } = this.kernels;
    const { selected, origins } = this.buffersOf(cache);
    const workgroups = [Math.ceil(candidates / selectionThreads), layers * keyValueHeads] as const;
    return [
      { kernel: rank, group: this.pipelines.bind(rank, [this.uniform, cache.scores, cache.sources, selected]), workgroups },
      { kernel: place, group: this.pipelines.bind(place, [this.uniform, cache.sources, selected, origins]), workgroups },
    ];
  }

  private bindGather(cache: WgslCache, layer: number): GPUBindGroup {
    const { origins, keys, values } = this.buffersOf(cache);
    return this.pipelines.bind(this.kernels.gather, [
      this.uniform, { buffer: this.scratch.layerNumbers, offset: 256 * layer }, cache.rotary, origins, cache.keys[layer], cache.values[layer], keys, values,
    ]);
  }

  /** @param share of the features that a thread takes care of */
  private perLayer(
    { layers, keyValueHeads, headDim }: WgslCache, entries: number, share: number, of: (layer: number) => Omit<Dispatch, 'workgroups'>,
  ): Dispatch[] {
    const workgroups = [Math.ceil(entries * headDim * share / moveThreads), keyValueHeads] as const;
    return Array.from({ length: layers }, (_, layer) => ({ ...of(layer), workgroups }));
  }

  private perEntry({ layers, keyValueHeads }: WgslCache, entries: number): Dispatch['workgroups'] {
    return [Math.ceil(entries / moveThreads), layers * keyValueHeads];
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

  private buffersOf(cache: WgslCache): MoveBuffers {
    const known = this.ofCache.get(cache);
    if (known !== undefined) return known;
    const { keyValueHeads, headDim, layers } = cache;
    const layerBytes = keyValueHeads * cache.slots * headDim * 4;
    const entryBytes = layers * keyValueHeads * cache.slots * 4;
    const buffers: MoveBuffers = {
      selected: cache.buffers.storage('selected', entryBytes),
      origins: cache.buffers.storage('origins', entryBytes),
      keys: cache.buffers.storage('moved keys', layerBytes),
      values: cache.buffers.storage('moved values', layerBytes),
      scores: cache.buffers.storage('moved scores', entryBytes),
      sources: cache.buffers.storage('moved sources', entryBytes),
    };
    this.ofCache.set(cache, buffers);
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
