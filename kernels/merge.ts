import { forEachHead } from './cache';
import { allocateMemory, type Memory } from './memory';
import { topK } from './topK';

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
  const shape = memories.at(0);
  if (shape === undefined) throw new RangeError('There is nothing to merge.');
  if (priors.length !== memories.length) throw new RangeError(`${memories.length} memories need as many priors, not ${priors.length}.`);
  if (memories.some((memory) => memory.layers !== shape.layers || memory.keyValueHeads !== shape.keyValueHeads || memory.headDim !== shape.headDim)) {
    throw new RangeError('The memories were computed by models of different geometry.');
  }
  const unions: Union[] = [];
  forEachHead(shape, (_layer, _head, row) => unions.push(uniteHead(memories, priors, row)));
  const count = unions.reduce((least, union) => Math.min(least, union.scores.length), entries);
  const merged = allocateMemory(shape, count);
  unions.forEach((union, row) => {
    const kept = topK(union.scores, union.sources, union.scores.length, count);
    kept.forEach((candidate, i) => copyEntry(union, candidate, merged, row * count + i));
  });
  return merged;
}

/** Candidates of one layer and head; `owners` and `entries` say where candidate i lies. */
interface Union {
  readonly scores: Float32Array;
  readonly sources: Int32Array;
  readonly owners: readonly Memory[];
  readonly entries: Uint32Array;
}

function uniteHead(memories: readonly Memory[], priors: readonly number[], row: number): Union {
  const candidates: Candidate[] = [];
  memories.forEach((memory, m) => {
    for (let i = 0; i < memory.count; i++) {
      const entry = row * memory.count + i;
      candidates.push({ memory, entry, source: memory.sources[entry], score: Math.fround(memory.scores[entry] + priors[m]) });
    }
  });
  candidates.sort((a, b) => a.source - b.source || b.score - a.score);
  const distinct = candidates.filter((candidate, i) => !repeats(candidates, i, candidate));
  return {
    scores: Float32Array.from(distinct, ({ score }) => score),
    sources: Int32Array.from(distinct, ({ source }) => source),
    owners: distinct.map(({ memory }) => memory),
    entries: Uint32Array.from(distinct, ({ entry }) => entry),
  };
}

interface Candidate {
  readonly memory: Memory;
  readonly entry: number;
  readonly source: number;
  readonly score: number;
}

/** Whether an earlier candidate (same source, score no lower) is the same entry. */
function repeats(candidates: readonly Candidate[], i: number, candidate: Candidate): boolean {
  for (let j = i - 1; j >= 0 && candidates[j].source === candidate.source; j--) {
    if (sameFeatures(candidates[j], candidate)) return true;
  }
  return false;
}

function sameFeatures(a: Candidate, b: Candidate): boolean {
  const { headDim } = a.memory;
  for (let feature = 0; feature < headDim; feature++) {
    if (a.memory.keys[a.entry * headDim + feature] !== b.memory.keys[b.entry * headDim + feature]) return false;
    if (a.memory.values[a.entry * headDim + feature] !== b.memory.values[b.entry * headDim + feature]) return false;
  }
  return true;
}

function copyEntry(union: Union, candidate: number, merged: Memory, to: number): void {
  const { headDim } = merged;
  const from = union.entries[candidate] * headDim;
  const { keys, values } = union.owners[candidate];
  merged.keys.set(keys.subarray(from, from + headDim), to * headDim);
  merged.values.set(values.subarray(from, from + headDim), to * headDim);
  merged.scores[to] = union.scores[candidate];
  merged.sources[to] = union.sources[candidate];
}
