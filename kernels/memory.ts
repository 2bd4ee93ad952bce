/**
 * A SparseK memory detached from any cache: for every layer and KV head the kept entries of some text, in source order.
 * Scores do not look at queries (arXiv 2406.16747), so memories of different texts can be merged: top-k of a union is
 * top-k of the parts' top-k.
 *
 * Layouts, row-major, `[layers, keyValueHeads, count, ...]`:
 */
export interface Memory {
  readonly layers: number;
  readonly keyValueHeads: number;
  readonly headDim: number;
  /** Entries per layer and KV head. */
  readonly count: number;
  /** `[layers, keyValueHeads, count, headDim]`, before rotation (as if at position 0). */
  readonly keys: Float32Array;
  /** `[layers, keyValueHeads, count, headDim]` */
  readonly values: Float32Array;
  /** `[layers, keyValueHeads, count]`, fp32 always: 16 bits flip members of the top k. */
  readonly scores: Float32Array;
  /** `[layers, keyValueHeads, count]`: the order of the entries; ascending within a layer and head. */
  readonly sources: Int32Array;
}

export type MemoryShape = Pick<Memory, 'layers' | 'keyValueHeads' | 'headDim'>;

/** A memory of `count` entries a head, all zero, to be filled. */
export function allocateMemory({ layers, keyValueHeads, headDim }: MemoryShape, count: number): Memory {
  const entries = layers * keyValueHeads * count;
  return {
    layers, keyValueHeads, headDim, count,
    keys: new Float32Array(entries * headDim),
    values: new Float32Array(entries * headDim),
    scores: new Float32Array(entries),
    sources: new Int32Array(entries),
  };
}

/**
 * The same memory with `offset` added to every source index; all else is shared, not copied. Texts encoded apart all count
 * from 0: before they are merged each gets its own range, and the ranges' order is the texts' order.
 */
export function shiftSources<T extends { readonly sources: Int32Array }>(memory: T, offset: number): T {
  return { ...memory, sources: memory.sources.map((source) => source + offset) };
}

/** Entries `start` to `end - 1` of every layer and KV head, copied; the memory itself when that is all. */
export function partOf(memory: Memory, start: number, end: number): Memory {
  const { headDim, count } = memory;
  if (start === 0 && end === count) return memory;
  const part = allocateMemory(memory, end - start);
  for (let row = 0; row < memory.layers * memory.keyValueHeads; row++) {
    const [from, to] = [row * count + start, row * count + end];
    const target = row * part.count;
    part.keys.set(memory.keys.subarray(from * headDim, to * headDim), target * headDim);
    part.values.set(memory.values.subarray(from * headDim, to * headDim), target * headDim);
    part.scores.set(memory.scores.subarray(from, to), target);
    part.sources.set(memory.sources.subarray(from, to), target);
  }
  return part;
}
