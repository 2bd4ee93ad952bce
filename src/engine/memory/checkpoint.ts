import type { BoundedCache } from './boundedCache';
import { fromHalf, halfTable, toHalf } from './half';
import { allocateMemory, type PerGroup } from '../../../kernels';
import type { Memory } from './memory';
import type { CheckpointShape } from './plan';

/** Slots that are copied at once: bounds the scratch memory beside the checkpoints themselves. */
const slotsAtOnce = 128;

/** What all checkpoints of a store copy through, again and again: copies of their own would be garbage of twice their size. */
export class CheckpointScratch {
  readonly table = halfTable();
  readonly slices: PerGroup<Memory>;

  constructor(shapes: PerGroup<CheckpointShape>) {
    this.slices = shapes.map((shape) => allocateMemory(shape, slotsAtOnce));
  }
}

/**
 * Room for one copy of a stream's state: memory and window, keys before rotation. Keys and values in 16 bits (their
 * rounding error is a fraction of that of the 8-bit arithmetic they came from), scores and sources whole, since 16 bits would
 * reorder the memory. The buffers are allocated once and written again and again.
 */
export class CheckpointBuffer {
  private readonly parts: PerGroup<HalfSlots>;
  private entries: PerGroup<number> = [];
  private absorbed = 0;
  private slices = 0;

  constructor(shapes: PerGroup<CheckpointShape>, private readonly scratch: CheckpointScratch) {
    this.parts = shapes.map((shape, group) => new HalfSlots(shape, scratch.table, scratch.slices[group]));
  }

  get bytes(): number {
    return this.parts.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  /** Copies a cache that reads a stream. */
  async write(cache: BoundedCache): Promise<void> {
    const slots = cache.streamSlots;
    this.entries = cache.groupEntries;
    this.absorbed = cache.absorbed;
    this.slices = Math.ceil(Math.max(...slots.map(({ start, end }) => end - start)) / slotsAtOnce);
    for (const part of this.parts) part.clear();
    for (let slice = 0; slice < this.slices; slice++) {
      // A group with a smaller memory has none left in the last slices.
      const ranges = slots.map(({ start, end }) => ({
        start: Math.min(end, start + slice * slotsAtOnce), end: Math.min(end, start + (slice + 1) * slotsAtOnce),
      }));
      const memories = await cache.read((runtime, state) => runtime.extract(state, ranges, slotsAtOnce, this.scratch.slices));
      memories.forEach((memory, group) => this.parts[group].add(memory));
    }
  }

  /** Brings a cache back to where it was copied. @param text the tokens that had been read by then */
  restore(cache: BoundedCache, text: readonly number[]): void {
    cache.resume(text, this.absorbed, this.entries, (runtime, state) => {
      for (let slice = 0; slice < this.slices; slice++) runtime.insert(state, this.parts.map((part) => part.expand(slice)));
    });
  }
}

/** The part of one group of layers, in slices as they were copied. */
class HalfSlots {
  private readonly keys: Uint16Array;
  private readonly values: Uint16Array;
  private readonly scores: Float32Array;
  private readonly sources: Int32Array;
  private counts: number[] = [];

  constructor(private readonly shape: CheckpointShape, private readonly table: Float32Array, private readonly slice: Memory) {
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

  clear(): void {
    this.counts = [];
  }

  add(memory: Memory): void {
    this.counts.push(memory.count);
    const part = this.at(this.counts.length - 1);
    toHalf(memory.keys, part.keys);
    toHalf(memory.values, part.values);
    part.scores.set(memory.scores);
    part.sources.set(memory.sources);
  }

  /** Valid until the next one is expanded. */
  expand(index: number): Memory {
    const { layers, keyValueHeads, headDim } = this.shape;
    const count = this.counts[index];
    const part = this.at(index);
    const { keys, values } = this.slice.count === count ? this.slice : allocateMemory(this.shape, count);
    fromHalf(this.table, part.keys, keys);
    fromHalf(this.table, part.values, values);
    return { layers, keyValueHeads, headDim, count, keys, values, scores: part.scores, sources: part.sources };
  }

  /** Where a slice lies in the arrays. */
  private at(index: number) {
    const { layers, keyValueHeads, headDim } = this.shape;
    const heads = layers * keyValueHeads;
    const start = heads * this.counts.slice(0, index).reduce((sum, count) => sum + count, 0);
    const end = start + heads * this.counts[index];
    return {
      keys: this.keys.subarray(start * headDim, end * headDim),
      values: this.values.subarray(start * headDim, end * headDim),
      scores: this.scores.subarray(start, end),
      sources: this.sources.subarray(start, end),
    };
  }
}
