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
 * The same memory with `offset` added to every source index; keys, values and scores are shared, not copied. Texts encoded
 * apart all count from 0: before they are merged each gets its own range, and the ranges' order is the texts' order.
 */
export function shiftSources(memory: Memory, offset: number): Memory {
  return { ...memory, sources: memory.sources.map((source) => source + offset) };
}
