import { allocateCache, allocateMemory, compactCache, entriesOf, layerGroups, entrySource, mergeGroups, rotaryTable, type Memory } from '../../kernels';
import { entriesOfStored, toStored } from '../../src/engine/memory';
import { slotsOf } from '../../src/engine/memory/plan';
import { Random } from '../fixtures/random';
import type { Bench } from './bench';
import { median, printTable } from './report';

/** Entries of a segment's memory. */
const stored = 256;
const pools = [4, 16, 48];
const runs = 30;

/**
 * Merges memories of random scores, as whole numbers and as the engine keeps them (8 bits), and evicts a chunk into a full memory, at the model's
 * geometry; layers have the shares of K that the manifest names. What keys and values hold does not change the time. The
 * least of the runs is what the work takes on a core of its own.
 */
export function merge({ manifest, plan }: Bench): Promise<object> {
  const { geometry, sinkTokens } = manifest;
  const groups = layerGroups(manifest);
  const random = new Random(1);
  const memories = Array.from({ length: Math.max(...pools) }, (_, segment) => {
    const memory = allocateMemory(geometry, stored);
    memory.keys.fill(1);
    memory.values.fill(1);
    memory.scores.set(random.normals(memory.scores.length));
    fillSources(memory, segment * 1024, random);
    return memory;
  });
  const rows = pools.map((pool) => {
    const priors = Array.from({ length: pool }, (_, rank) => -rank / 8);
    return { what: `merge ${pool} memories to ${plan.entries}`, ...milliseconds(() => mergeGroups(memories.slice(0, pool).map(entrySource), priors, groups, plan.entries)) };
  });

  const kept = memories.slice(0, 16).map((memory) => entriesOfStored(toStored(memory)));
  rows.push({ what: `merge ${kept.length} memories kept in 8 bits to ${plan.entries}`, ...milliseconds(() => mergeGroups(kept, kept.map((_, rank) => -rank / 8), groups, plan.entries)) });

  const slots = slotsOf(plan, groups);
  const table = rotaryTable(Math.max(...slots), geometry.headDim, geometry.ropeTheta);
  const caches = groups.map((group, i) => {
    const cache = allocateCache(group, slots[i]);
    cache.scores.set(random.normals(cache.scores.length));
    for (let slot = 0; slot < cache.sources.length; slot++) cache.sources[slot] = slot % cache.slots;
    return cache;
  });
  const eviction = milliseconds(() => {
    for (const [i, cache] of caches.entries()) {
      const keep = entriesOf(groups[i], plan.entries);
      const memory = { start: sinkTokens.length, end: sinkTokens.length + keep };
      const evicted = { start: memory.end + plan.suffix, end: memory.end + plan.suffix + plan.chunk };
      cache.length = evicted.end + plan.window;
      compactCache(cache, table, { memory, evicted, keep });
    }
  });
  const length = sinkTokens.length + plan.entries + plan.suffix + plan.chunk + plan.window;
  const figures = [...rows, { what: `evict ${plan.chunk} tokens of ${length}`, ...eviction }];
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
