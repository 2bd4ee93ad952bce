import type { EntrySource } from './entrySource';
import { allocateMemory, type Memory } from './memory';

/** Distinct candidates of one layer and head in source order: candidate i is entry `entries[i]` of memory `owners[i]`. */
export interface Union {
  count: number;
  readonly scores: Float32Array;
  readonly sources: Int32Array;
  readonly owners: Uint32Array;
  /** Numbers of entries over all layers and heads of the owner. */
  readonly entries: Uint32Array;
}

/**
 * The entries of all memories for one layer and head, each entry once with its best score, `priors` added.
 *
 * Memories of texts that were encoded apart have ranges of sources of their own and are only put in a row. Where ranges
 * overlap the candidates are sorted, and entries that are the same (source, key and value) are found.
 */
export function uniteHead(memories: readonly EntrySource[], priors: readonly number[], row: number): Union {
  const total = memories.reduce((sum, { count }) => sum + count, 0);
  const union = roomFor(total);
  const firstSource = (owner: number) => memories[owner].sources[row * memories[owner].count];
  const inOrder = memories.map((_, owner) => owner).filter((owner) => memories[owner].count > 0).sort((a, b) => firstSource(a) - firstSource(b));
  for (const owner of inOrder) appendAll(union, owner, memories[owner], priors[owner], row);
  return isStrictlyAscending(union.sources) ? union : sortAndCompare(union, memories);
}

function roomFor(total: number): Union {
  return {
    count: 0,
    scores: new Float32Array(total),
    sources: new Int32Array(total),
    owners: new Uint32Array(total),
    entries: new Uint32Array(total),
  };
}

function appendAll(union: Union, owner: number, { count, scores, sources }: EntrySource, prior: number, row: number): void {
  const first = row * count;
  union.sources.set(sources.subarray(first, first + count), union.count);
  for (let i = 0; i < count; i++) {
    const candidate = union.count + i;
    union.owners[candidate] = owner;
    union.entries[candidate] = first + i;
    union.scores[candidate] = scores[first + i] + prior;
  }
  union.count += count;
}

function isStrictlyAscending(sources: Int32Array): boolean {
  for (let i = 1; i < sources.length; i++) if (sources[i] <= sources[i - 1]) return false;
  return true;
}

function sortAndCompare(from: Union, memories: readonly EntrySource[]): Union {
  const total = from.count;
  // A number that sorts by source first and holds the candidate behind it: exact below 2^53, and sorted natively.
  const order = Float64Array.from(from.sources, (source, candidate) => source * total + candidate).sort();
  const union = roomFor(total);
  for (const key of order) {
    const candidate = key - Math.floor(key / total) * total;
    const twin = findTwin(union, memories, from, candidate);
    if (twin !== undefined) {
      union.scores[twin] = Math.max(union.scores[twin], from.scores[candidate]);
      continue;
    }
    const next = union.count++;
    union.scores[next] = from.scores[candidate];
    union.sources[next] = from.sources[candidate];
    union.owners[next] = from.owners[candidate];
    union.entries[next] = from.entries[candidate];
  }
  return union;
}

/** The candidate that is the same entry: same source, key and value. Candidates come in source order, so it is near the end. */
function findTwin(union: Union, memories: readonly EntrySource[], from: Union, candidate: number): number | undefined {
  let pair: Memory | undefined;
  for (let i = union.count - 1; i >= 0 && union.sources[i] === from.sources[candidate]; i--) {
    const memory = memories[from.owners[candidate]];
    pair ??= allocateMemory({ layers: 1, keyValueHeads: 1, headDim: memory.headDim }, 2);
    memory.copyEntries(Uint32Array.of(from.entries[candidate]), pair, 0);
    memories[union.owners[i]].copyEntries(Uint32Array.of(union.entries[i]), pair, 1);
    if (holdsOneTwice(pair)) return i;
  }
  return undefined;
}

/** Whether the two entries of a memory are equal. */
function holdsOneTwice({ keys, values, headDim }: Memory): boolean {
  for (let feature = 0; feature < headDim; feature++) {
    if (keys[feature] !== keys[headDim + feature] || values[feature] !== values[headDim + feature]) return false;
  }
  return true;
}
