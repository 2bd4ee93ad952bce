import { forEachHead } from './cache';
import { entriesOfLayers, entrySource, type EntrySource } from './entrySource';
import { checkGeometry, entriesOf, type LayerGroup, type PerGroup } from './layerGroups';
import { allocateMemory, type Memory } from './memory';
import { topK } from './topK';
import { uniteHead, type Union } from './union';

/**
 * The best `entries` of the union of memories, per layer and KV head; `priors[i]` is added to all scores of memory i
 * before they compete and stays in the merged scores. Because a prior moves all scores of a memory alike, it does not
 * change the order within that memory, and merging stays exact: top-k of a union is top-k of the parts' top-k.
 *
 * Order. The result is in source order. Texts counted from 0 apart must first be given ranges of their own
 * ({@link shiftSources}); the ranges' order is then the order of the texts, whatever the order of the arguments.
 *
 * Laws, given that one source index means one token: associative; commutative; idempotent, because an entry that stands
 * in several memories with the same source, key and value counts once, with its best score. Ties in score go to the
 * higher source index.
 *
 * The number of entries is the same for every layer and head: if overlaps leave some head fewer than `entries`, all
 * heads keep as many as the poorest.
 *
 * @throws RangeError for no memories, memories of different geometry, or a number of priors other than that of memories.
 */
export function mergeMemories(memories: readonly Memory[], priors: readonly number[], entries: number): Memory {
  return mergeEntries(memories.map(entrySource), priors, entries);
}

/** As {@link mergeMemories}, of memories in whatever form; what they hold is never all there as 32-bit numbers. */
export function mergeEntries(memories: readonly EntrySource[], priors: readonly number[], entries: number): Memory {
  const shape = memories.at(0);
  if (shape === undefined) throw new RangeError('There is nothing to merge.');
  if (priors.length !== memories.length) throw new RangeError(`${memories.length} memories need as many priors, not ${priors.length}.`);
  if (memories.some((memory) => memory.layers !== shape.layers || memory.keyValueHeads !== shape.keyValueHeads || memory.headDim !== shape.headDim)) {
    throw new RangeError('The memories were computed by models of different geometry.');
  }
  const unions: Union[] = [];
  forEachHead(shape, (_layer, _head, row) => unions.push(uniteHead(memories, priors, row)));
  const count = unions.reduce((least, union) => Math.min(least, union.count), entries);
  const merged = allocateMemory(shape, count);
  unions.forEach((union, row) => gather(memories, union, topK(union.scores, union.sources, union.count, count), merged, row * count));
  return merged;
}

/**
 * As {@link mergeEntries}, for each group of layers as many as its share of `entries` is.
 *
 * @throws RangeError also when the groups are of another geometry
 */
export function mergeGroups(memories: readonly EntrySource[], priors: readonly number[], groups: PerGroup<LayerGroup>, entries: number): PerGroup<Memory> {
  for (const memory of memories) checkGeometry(memory, groups);
  return groups.map((group) => mergeEntries(memories.map((memory) => entriesOfLayers(memory, group)), priors, entriesOf(group, entries)));
}

/** Copies the chosen candidates to entry `first` and on, memory after memory where they stand so. */
function gather(memories: readonly EntrySource[], union: Union, chosen: Uint32Array, merged: Memory, first: number): void {
  const entries = new Uint32Array(chosen.length);
  for (let i = 0; i < chosen.length; i++) {
    entries[i] = union.entries[chosen[i]];
    merged.scores[first + i] = union.scores[chosen[i]];
    merged.sources[first + i] = union.sources[chosen[i]];
  }
  for (let start = 0, end = 0; start < chosen.length; start = end) {
    const owner = union.owners[chosen[start]];
    do end++; while (end < chosen.length && union.owners[chosen[end]] === owner);
    memories[owner].copyEntries(entries.subarray(start, end), merged, first + start);
  }
}
