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
  const count = unions.reduce((least, union) => Math.min(least, union.count), entries);
  const merged = allocateMemory(shape, count);
  unions.forEach((union, row) => {
    topK(union.scores, union.sources, union.count, count).forEach((candidate, i) => {
      copyEntry(memories[union.owners[candidate]], union.entries[candidate], union.scores[candidate], merged, row * count + i);
    });
  });
  return merged;
}

/** Distinct candidates of one layer and head in source order: candidate i is entry `entries[i]` of memory `owners[i]`. */
interface Union {
  count: number;
  readonly scores: Float32Array;
  readonly sources: Int32Array;
  readonly owners: Uint32Array;
  readonly entries: Uint32Array;
}

function uniteHead(memories: readonly Memory[], priors: readonly number[], row: number): Union {
  const total = memories.reduce((sum, memory) => sum + memory.count, 0);
  const owners = new Uint32Array(total);
  const entries = new Uint32Array(total);
  // A number that sorts by source first and holds the candidate behind it: exact below 2^53, and sorted natively.
  const order = new Float64Array(total);
  let next = 0;
  memories.forEach((memory, owner) => {
    for (let i = 0; i < memory.count; i++, next++) {
      owners[next] = owner;
      entries[next] = row * memory.count + i;
      order[next] = memory.sources[entries[next]] * total + next;
    }
  });
  order.sort();
  const union: Union = {
    count: 0,
    scores: new Float32Array(total),
    sources: new Int32Array(total),
    owners: new Uint32Array(total),
    entries: new Uint32Array(total),
  };
  for (const key of order) {
    const candidate = key - Math.floor(key / total) * total;
    const owner = owners[candidate];
    const entry = entries[candidate];
    const score = Math.fround(memories[owner].scores[entry] + priors[owner]);
    const twin = findTwin(union, memories, owner, entry);
    if (twin === undefined) append(union, owner, entry, score, memories[owner].sources[entry]);
    else union.scores[twin] = Math.max(union.scores[twin], score);
  }
  return union;
}

function append(union: Union, owner: number, entry: number, score: number, source: number): void {
  const i = union.count++;
  union.owners[i] = owner;
  union.entries[i] = entry;
  union.scores[i] = score;
  union.sources[i] = source;
}

/** The candidate that is the same entry: same source, key and value. Candidates come in source order, so it is near the end. */
function findTwin(union: Union, memories: readonly Memory[], owner: number, entry: number): number | undefined {
  const memory = memories[owner];
  for (let i = union.count - 1; i >= 0 && union.sources[i] === memory.sources[entry]; i--) {
    if (sameFeatures(memories[union.owners[i]], union.entries[i], memory, entry)) return i;
  }
  return undefined;
}

function sameFeatures(a: Memory, entryOfA: number, b: Memory, entryOfB: number): boolean {
  const { headDim } = a;
  for (let feature = 0; feature < headDim; feature++) {
    if (a.keys[entryOfA * headDim + feature] !== b.keys[entryOfB * headDim + feature]) return false;
    if (a.values[entryOfA * headDim + feature] !== b.values[entryOfB * headDim + feature]) return false;
  }
  return true;
}

function copyEntry(from: Memory, entry: number, score: number, to: Memory, target: number): void {
  const { headDim } = to;
  to.keys.set(from.keys.subarray(entry * headDim, (entry + 1) * headDim), target * headDim);
  to.values.set(from.values.subarray(entry * headDim, (entry + 1) * headDim), target * headDim);
  to.scores[target] = score;
  to.sources[target] = from.sources[entry];
}
