import type { Memory, MemoryShape } from './memory';

/** A memory as merging sees it, whatever form its keys and values are kept in: only what is chosen is copied out. */
export interface EntrySource extends MemoryShape {
  /** Entries per layer and KV head. */
  readonly count: number;
  /** `[layers, keyValueHeads, count]` */
  readonly scores: Float32Array;
  /** `[layers, keyValueHeads, count]`, ascending within a layer and head. */
  readonly sources: Int32Array;
  /** Copies keys and values of `entries`, counted over all layers and heads, to entry `first` and on of `to`. */
  copyEntries(entries: Uint32Array, to: Memory, first: number): void;
}

export function entrySource(memory: Memory): EntrySource {
  const { keys, values, headDim } = memory;
  return {
    ...memory,
    copyEntries(entries, to, first) {
      for (let i = 0, end = 0; i < entries.length; i = end) {
        // Neighbours that stay neighbours are copied as one.
        do end++; while (end < entries.length && entries[end] === entries[i] + end - i);
        const [start, stop] = [entries[i] * headDim, (entries[i] + end - i) * headDim];
        to.keys.set(keys.subarray(start, stop), (first + i) * headDim);
        to.values.set(values.subarray(start, stop), (first + i) * headDim);
      }
    },
  };
}
