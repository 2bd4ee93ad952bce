import { checkRange, forEachHead, type KeyValueCache, type SlotRange } from './cache';
import { rotateKeys, type RotaryTable } from './rotary';
import { topK } from './topK';

/**
 * Entries of `memory` and `evicted` compete per layer and KV head; the best `keep` by score stay, in source order, from
 * slot `memory.start` on. What lies between the two ranges (pinned) and behind `evicted` follows in its order. All keys
 * are rotated to their new slots, the state is shortened accordingly.
 */
export interface Compaction {
  readonly memory: SlotRange;
  readonly evicted: SlotRange;
  readonly keep: number;
}

/**
 * Carries out a {@link Compaction} in place. Time is linear in the slots in use; scratch is one head's keys and values.
 *
 * In TypeScript rather than as a graph: for the shipped model at 2,048 slots and 256 evicted it takes 12 ms on one core at
 * best, 2 % of the time to read the 256 tokens that call for it, and it works in place where a graph would hand back a
 * second cache.
 *
 * @throws RangeError when the ranges overlap or do not lie in the slots in use. Nothing is changed then.
 */
export function compactCache(cache: KeyValueCache, table: RotaryTable, compaction: Compaction): void {
  checkCompaction(cache, compaction);
  const { memory, evicted, keep } = compaction;
  const { slots, headDim, length } = cache;
  const memoryCount = memory.end - memory.start;
  const candidates = memoryCount + evicted.end - evicted.start;
  const kept = Math.min(keep, candidates);
  const moved = length - memory.start - candidates + kept;
  const scores = new Float32Array(candidates);
  const sources = new Int32Array(candidates);
  const origins = new Uint32Array(moved);
  const keys = new Float32Array(moved * headDim);
  const values = new Float32Array(moved * headDim);
  const movedScores = new Float32Array(moved);
  const movedSources = new Int32Array(moved);

  // What is not chosen keeps its order: the pinned slots, then those behind the evicted ones.
  let next = kept;
  for (let slot = memory.end; slot < evicted.start; slot++) origins[next++] = slot;
  for (let slot = evicted.end; slot < length; slot++) origins[next++] = slot;

  forEachHead(cache, (layer, head, row) => {
    const first = row * slots;
    gather(cache.scores.subarray(first, first + slots), scores, memory, evicted);
    gather(cache.sources.subarray(first, first + slots), sources, memory, evicted);
    topK(scores, sources, candidates, kept).forEach((candidate, i) => {
      origins[i] = candidate < memoryCount ? memory.start + candidate : evicted.start + candidate - memoryCount;
    });
    for (let i = 0, end = 0; i < moved; i = end) {
      // Neighbours that stay neighbours move as one.
      do end++; while (end < moved && origins[end] === origins[end - 1] + 1);
      const from = (head * slots + origins[i]) * headDim;
      const count = end - i;
      rotateKeys(table, memory.start + i - origins[i], cache.keys[layer], from, keys, i * headDim, count);
      values.set(cache.values[layer].subarray(from, from + count * headDim), i * headDim);
      movedScores.set(cache.scores.subarray(first + origins[i], first + origins[i] + count), i);
      movedSources.set(cache.sources.subarray(first + origins[i], first + origins[i] + count), i);
    }
    const target = (head * slots + memory.start) * headDim;
    cache.keys[layer].set(keys, target);
    cache.values[layer].set(values, target);
    cache.scores.set(movedScores, first + memory.start);
    cache.sources.set(movedSources, first + memory.start);
  });
  cache.length = memory.start + moved;
}

/** @throws RangeError when the ranges overlap or do not lie in the slots in use */
export function checkCompaction(cache: Pick<KeyValueCache, 'length'>, { memory, evicted, keep }: Compaction): void {
  checkRange(cache, memory);
  checkRange(cache, evicted);
  if (memory.end > evicted.start) throw new RangeError('The evicted slots must lie behind the memory.');
  if (!(keep >= 0)) throw new RangeError(`The number of entries to keep must not be negative: ${keep}.`);
}

function gather<T extends Float32Array | Int32Array>(from: T, to: T, memory: SlotRange, evicted: SlotRange): void {
  to.set(from.subarray(memory.start, memory.end));
  to.set(from.subarray(evicted.start, evicted.end), memory.end - memory.start);
}
