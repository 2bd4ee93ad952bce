import { allocateCache, allocateMemory, compactCache, mergeEntries, rotaryTable, type Memory } from '../../kernels';
import { entriesOfStored, toStored } from '../../src/engine/memory';
import { Random } from '../fixtures/random';
import type { Bench } from './bench';
import { median, printTable } from './report';

/** Entries of a segment's memory. */
const stored = 256;
const pools = [4, 16, 48];
const runs = 30;

/**
 * Merges memories of random scores, kept as the engine keeps them, and evicts a chunk into a full memory, at the model's
 * geometry. What keys and values hold does not change the time. The least of the runs is what the work takes on a core of
 * its own.
 */
export function merge({ manifest, plan }: Bench): Promise<object> {
  const { geometry, sinkTokens } = manifest;
  const random = new Random(1);
  const memories = Array.from({ length: Math.max(...pools) }, (_, segment) => {
    const memory = allocateMemory(geometry, stored);
    memory.keys.fill(1);
    memory.values.fill(1);
    memory.scores.set(random.normals(memory.scores.length));
    fillSources(memory, segment * 1024, random);
    return entriesOfStored(toStored(memory));
  });
  const rows = pools.map((pool) => {
    const priors = Array.from({ length: pool }, (_, rank) => -rank / 8);
    return { what: `merge ${pool} memories to ${plan.entries}`, ...milliseconds(() => mergeEntries(memories.slice(0, pool), priors, plan.entries)) };
  });

  const cache = allocateCache(geometry, plan.slots);
  const table = rotaryTable(plan.slots, geometry.headDim, geometry.ropeTheta);
  const memory = { start: sinkTokens.length, end: sinkTokens.length + plan.entries };
  const evicted = { start: memory.end + plan.suffix, end: memory.end + plan.suffix + plan.chunk };
  cache.scores.set(random.normals(cache.scores.length));
  for (let slot = 0; slot < cache.sources.length; slot++) cache.sources[slot] = slot % plan.slots;
  const eviction = milliseconds(() => {
    cache.length = evicted.end + plan.window;
    compactCache(cache, table, { memory, evicted, keep: plan.entries });
  });
  const figures = [...rows, { what: `evict ${plan.chunk} tokens of ${cache.length + plan.chunk}`, ...eviction }];
  printTable(figures);
  return Promise.resolve({ rows: figures });
}

/** Ascending with gaps, as of entries that were chosen from a segment. */
function fillSources({ sources, count }: Memory, start: number, random: Random): void {
  for (let i = 0; i < sources.length; i++) sources[i] = start + 4 * (i % count) + random.below(4);
}

function milliseconds(work: () => void): { 'least ms': number; 'median ms': number } {
  const times = Array.from({ length: runs }, () => {
    const start = performance.now();
    work();
    return performance.now() - start;
  });
  return { 'least ms': Math.min(...times), 'median ms': median(times) };
}
