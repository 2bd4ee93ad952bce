import type { BoundedCache } from './boundedCache';
import { fromHalf, halfTable, toHalf } from './half';
import { allocateMemory } from '../../../kernels';
import type { Memory } from './memory';

/** Slots that are copied at once: bounds the scratch memory beside the checkpoints themselves. */
const slotsAtOnce = 128;

/** What all checkpoints of a store copy through, again and again: copies of their own would be garbage of twice their size. */
export class CheckpointScratch {
  readonly table = halfTable();
  readonly slice: Memory;

  constructor(shape: CheckpointShape) {
    this.slice = allocateMemory(shape, slotsAtOnce);
  }
}

/**
 * Room for one copy of a stream's state: memory and window, keys before rotation. Keys and values in 16 bits (their
 * rounding error is a fraction of that of the 8-bit arithmetic they came from), scores and sources whole, since 16 bits would
 * reorder the memory. The buffers are allocated once and written again and again.
 */
export class CheckpointBuffer {
  private readonly keys: Uint16Array;
  private readonly values: Uint16Array;
  private readonly scores: Float32Array;
  private readonly sources: Int32Array;
  private counts: number[] = [];
  private entries = 0;
  private absorbed = 0;

  /**
   * @param shape of the memories that will be copied; `slots` is the most there can be
   */
  constructor(private readonly shape: CheckpointShape, private readonly scratch: CheckpointScratch) {
    const heads = shape.layers * shape.keyValueHeads * shape.slots;
    this.keys = new Uint16Array(heads * shape.headDim);
    this.values = new Uint16Array(heads * shape.headDim);
    this.scores = new Float32Array(heads);
    this.sources = new Int32Array(heads);
    // The system hands memory out when it is first written to; this way it is taken before anything is read.
    for (const array of [this.keys, this.values, this.scores, this.sources]) array.fill(0);
  }

  get bytes(): number {
    return this.keys.byteLength + this.values.byteLength + this.scores.byteLength + this.sources.byteLength;
  }

  /** Copies a cache that reads a stream. */
  async write(cache: BoundedCache): Promise<void> {
    const { start, count } = cache.streamSlots;
    this.counts = [];
    this.entries = cache.entries;
    this.absorbed = cache.absorbed;
    for (let done = 0, offset = 0; done < count; done += slotsAtOnce) {
      const range = { start: start + done, end: start + Math.min(count, done + slotsAtOnce) };
      const memory = await cache.read((runtime, state) => runtime.extract(state, range, slotsAtOnce, this.scratch.slice));
      const part = this.part(offset, memory.count);
      toHalf(memory.keys, part.keys);
      toHalf(memory.values, part.values);
      part.scores.set(memory.scores);
      part.sources.set(memory.sources);
      this.counts.push(memory.count);
      offset += memory.scores.length;
    }
  }

  /** Brings a cache back to where it was copied. @param text the tokens that had been read by then */
  restore(cache: BoundedCache, text: readonly number[]): void {
    cache.resume(text, this.absorbed, this.entries, (runtime, state) => {
      let offset = 0;
      for (const count of this.counts) {
        const memory = this.expand(offset, count);
        runtime.insert(state, memory);
        offset += memory.scores.length;
      }
    });
  }

  private expand(offset: number, count: number): Memory {
    const { layers, keyValueHeads, headDim } = this.shape;
    const part = this.part(offset, count);
    const { table, slice } = this.scratch;
    const { keys, values } = slice.count === count ? slice : allocateMemory(this.shape, count);
    fromHalf(table, part.keys, keys);
    fromHalf(table, part.values, values);
    return { layers, keyValueHeads, headDim, count, keys, values, scores: part.scores, sources: part.sources };
  }

  /** The part of the buffers for `count` slots, behind `offset` entries of all heads. */
  private part(offset: number, count: number) {
    const { layers, keyValueHeads, headDim } = this.shape;
    const end = offset + layers * keyValueHeads * count;
    return {
      keys: this.keys.subarray(offset * headDim, end * headDim),
      values: this.values.subarray(offset * headDim, end * headDim),
      scores: this.scores.subarray(offset, end),
      sources: this.sources.subarray(offset, end),
    };
  }
}

export interface CheckpointShape extends Pick<Memory, 'layers' | 'keyValueHeads' | 'headDim'> {
  readonly slots: number;
}
