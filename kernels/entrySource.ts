import type { LayerGroup } from './layerGroups';
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
        const [start, length, target] = [entries[i] * headDim, (end - i) * headDim, (first + i) * headDim];
        copyNumbers(keys, start, length, to.keys, target);
        copyNumbers(values, start, length, to.values, target);
      }
    },
  };
}

/** Below so many numbers a loop is quicker than the two objects and the call that a typed array's own copying takes. */
const shortCopy = 256;

function copyNumbers(from: Float32Array, start: number, length: number, to: Float32Array, target: number): void {
  if (length >= shortCopy) to.set(from.subarray(start, start + length), target);
  else for (let i = 0; i < length; i++) to[target + i] = from[start + i];
}

/** Of entries of all layers those of a group of layers; nothing is copied. */
export function entriesOfLayers(all: EntrySource, { firstLayer, layers }: LayerGroup): EntrySource {
  const { keyValueHeads, headDim, count } = all;
  const start = firstLayer * keyValueHeads * count;
  const end = start + layers * keyValueHeads * count;
  return {
    layers, keyValueHeads, headDim, count,
    scores: all.scores.subarray(start, end),
    sources: all.sources.subarray(start, end),
    copyEntries: (entries, to, first) => { all.copyEntries(entries.map((entry) => start + entry), to, first); },
  };
}
