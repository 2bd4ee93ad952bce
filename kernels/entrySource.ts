import { copyRows } from './copyRows';
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
      copyRows(keys, entries, to.keys, first, headDim);
      copyRows(values, entries, to.values, first, headDim);
    },
  };
}
