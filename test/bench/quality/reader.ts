import { BoundedCache, type Recall, type SegmentMemories } from '../../../src/engine/memory';
import { fimMarkers, generationRoom } from '../../../src/engine/memory/plan';
import { longestReading } from '../../../src/engine/memory/stream';
import type { MemoryPlan } from '../../../src/engine/memory';
import type { Runtime } from '../../../src/engine/runtime';

/** W and C of the evaluation, as in models/training/sparsek_code/evaluator.py; the product's window on the CPU is 512. */
export const window = 1024;
export const chunk = 256;
/** Tokens behind the cursor in a line completion. */
const suffix = 256;

/** The shipped plan in another size. @param plan for what the size does not change */
export function openCache(runtime: Runtime, plan: MemoryPlan, entries: number, windowLength = window): Promise<BoundedCache> {
  const slots = runtime.manifest.sinkTokens.length + entries + fimMarkers + suffix + windowLength + chunk + generationRoom;
  return BoundedCache.create(runtime, { ...plan, entries, window: windowLength, chunk, suffix, slots });
}

/**
 * Cross entropy of some of a text's tokens, read behind a memory: the text runs through the cache in chunks of C, and what
 * is older than the window competes with what was recalled.
 *
 * @param places ascending, above 0
 * @returns the sum over `places` in nats
 */
export async function lossOf(cache: BoundedCache, recall: Recall, memories: SegmentMemories, text: Int32Array, places: readonly number[]): Promise<number> {
  cache.clear();
  const recalled = recall.entriesIn(memories);
  if (cache.plan.entries > 0) cache.admit(recalled.memories, recalled.priors);
  let loss = 0;
  let next = 0;
  for (let start = 0; start < text.length;) {
    const end = Math.min(start + longestReading, start - (start % chunk) + chunk, text.length);
    // The row of token t - 1 predicts token t.
    const asked = next < places.length && places[next] <= end;
    const rows = await cache.append(text.slice(start, end), asked ? 'all' : 'none');
    for (; next < places.length && places[next] <= end; next++) loss += crossEntropy(rows[places[next] - 1 - start], text[places[next]]);
    if (end % chunk === 0 && cache.room <= 0) cache.evict();
    start = end;
  }
  cache.clear();
  return loss;
}

/** -log softmax(logits)[token] */
export function crossEntropy(logits: Float32Array, token: number): number {
  let largest = -Infinity;
  for (const logit of logits) largest = Math.max(largest, logit);
  let sum = 0;
  for (const logit of logits) sum += Math.exp(logit - largest);
  return largest + Math.log(sum) - logits[token];
}
