import assert from 'node:assert/strict';
import fc from 'fast-check';
import { allocateCache, compactCache, extractEntries, insertEntries, mergeMemories, rotaryTable, rotateKeys, type KeyValueCache } from '../../../kernels';
import { Random } from '../../fixtures/random';

const shape = { layers: 2, keyValueHeads: 2, headDim: 8 };
const { headDim } = shape;
const rows = shape.layers * shape.keyValueHeads;
const slots = 48;
const table = rotaryTable(slots, headDim, 10_000);

/** Lengths of sink, memory, pinned, evicted and what is behind. */
const layout = fc.record({ seed: fc.integer(), sink: fc.nat(4), memory: fc.nat(12), pinned: fc.nat(6), evicted: fc.nat(12), rest: fc.nat(8), keep: fc.nat(26) });

function randomCache(seed: number, length: number): KeyValueCache {
  const random = new Random(seed);
  const cache = allocateCache(shape, slots);
  for (const array of [...cache.keys, ...cache.values]) array.set(random.normals(array.length));
  cache.scores.set(Array.from(cache.scores, () => random.below(6)));
  // Increasing along the slots, with gaps, as in a stream; every head has its own.
  for (let row = 0; row < rows; row++) {
    let source = 0;
    for (let slot = 0; slot < slots; slot++) cache.sources[row * slots + slot] = source += 1 + random.below(3);
  }
  cache.length = length;
  return cache;
}

interface Entry {
  readonly key: Float32Array;
  readonly value: Float32Array;
  readonly score: number;
  readonly source: number;
}

/** One head's slots as a list, keys turned back to position 0. */
function entries(cache: KeyValueCache, row: number): Entry[] {
  const layer = Math.floor(row / shape.keyValueHeads);
  const head = row % shape.keyValueHeads;
  return Array.from({ length: cache.length }, (_, slot) => {
    const offset = (head * slots + slot) * headDim;
    const key = new Float32Array(headDim);
    rotateKeys(table, -slot, cache.keys[layer], offset, key, 0);
    return { key, value: cache.values[layer].slice(offset, offset + headDim), score: cache.scores[row * slots + slot], source: cache.sources[row * slots + slot] };
  });
}

function assertSame(actual: readonly Entry[], expected: readonly Entry[]): void {
  assert.equal(actual.length, expected.length);
  actual.forEach((entry, i) => {
    const { key, ...rest } = expected[i];
    assert.deepEqual({ value: entry.value, score: entry.score, source: entry.source }, rest);
    entry.key.forEach((feature, f) => assert.ok(Math.abs(feature - key[f]) < 1e-5, `slot ${i}, feature ${f}: ${feature} against ${key[f]}`));
  });
}

function best(candidates: readonly Entry[], k: number): Entry[] {
  return [...candidates].sort((a, b) => b.score - a.score || b.source - a.source).slice(0, k).sort((a, b) => a.source - b.source);
}

describe('Compaction', () => {
  it('does what list work on unrotated entries does', () => {
    fc.assert(fc.property(layout, ({ seed, sink, memory, pinned, evicted, rest, keep }) => {
      const cache = randomCache(seed, sink + memory + pinned + evicted + rest);
      const before = Array.from({ length: rows }, (_, row) => entries(cache, row));
      const evictedStart = sink + memory + pinned;
      compactCache(cache, table, { memory: { start: sink, end: sink + memory }, evicted: { start: evictedStart, end: evictedStart + evicted }, keep });
      assert.equal(cache.length, sink + Math.min(keep, memory + evicted) + pinned + rest);
      before.forEach((list, row) => {
        const candidates = [...list.slice(sink, sink + memory), ...list.slice(evictedStart, evictedStart + evicted)];
        assertSame(entries(cache, row), [
          ...list.slice(0, sink), ...best(candidates, keep), ...list.slice(sink + memory, evictedStart), ...list.slice(evictedStart + evicted),
        ]);
      });
    }));
  });

  it('in steps chooses what one choice over everything chooses: a loser would never have come back', () => {
    fc.assert(fc.property(fc.integer(), fc.integer({ min: 1, max: 12 }), (seed, keep) => {
      const stepwise = randomCache(seed, 40);
      const atOnce = randomCache(seed, 40);
      let memory = 0;
      for (let chunk = 0; chunk < 5; chunk++) {
        compactCache(stepwise, table, { memory: { start: 0, end: memory }, evicted: { start: memory, end: memory + 8 }, keep });
        memory = Math.min(keep, memory + 8);
      }
      compactCache(atOnce, table, { memory: { start: 0, end: 0 }, evicted: { start: 0, end: 40 }, keep });
      for (let row = 0; row < rows; row++) assertSame(entries(stepwise, row), entries(atOnce, row));
    }));
  });

  it('refuses ranges that overlap or reach beyond the slots in use, and changes nothing', () => {
    const cache = randomCache(1, 20);
    const before = structuredClone(cache);
    for (const compaction of [
      { memory: { start: 4, end: 12 }, evicted: { start: 10, end: 14 }, keep: 4 },
      { memory: { start: 4, end: 8 }, evicted: { start: 10, end: 21 }, keep: 4 },
      { memory: { start: 8, end: 4 }, evicted: { start: 10, end: 12 }, keep: 4 },
      { memory: { start: 4, end: 8 }, evicted: { start: 8, end: 12 }, keep: -1 },
    ]) assert.throws(() => compactCache(cache, table, compaction), RangeError);
    assert.deepEqual(cache, before);
  });
});

describe('Extracting and inserting entries', () => {
  it('gives the same memory wherever the entries stood, and puts it back', () => {
    fc.assert(fc.property(fc.integer(), fc.nat(10), fc.nat(20), (seed, start, count) => {
      const cache = randomCache(seed, start + count);
      const memory = extractEntries(cache, table, { start, end: start + count }, count);
      const moved = allocateCache(shape, slots);
      moved.length = 5;
      insertEntries(moved, table, memory);
      for (let row = 0; row < rows; row++) assertSame(entries(moved, row).slice(5), entries(cache, row).slice(start));
    }));
  });

  it('extracts the best as extracting all and merging does', () => {
    fc.assert(fc.property(fc.integer(), fc.nat(30), fc.nat(30), (seed, count, k) => {
      const cache = randomCache(seed, count);
      const range = { start: 0, end: count };
      assert.deepEqual(extractEntries(cache, table, range, k), mergeMemories([extractEntries(cache, table, range, count)], [0], k));
    }));
  });

  it('writes into a memory of just so many entries, and leaves another alone', () => {
    const [first, second] = [randomCache(1, 30), randomCache(2, 30)];
    const range = { start: 4, end: 20 };
    const into = extractEntries(first, table, range, 16);
    assert.equal(extractEntries(second, table, range, 16, into), into);
    assert.deepEqual(into, extractEntries(second, table, range, 16));
    assert.notEqual(extractEntries(second, table, range, 15, into), into);
  });

  it('refuses a memory that does not fit or is of another geometry', () => {
    const cache = randomCache(1, 40);
    const memory = extractEntries(cache, table, { start: 0, end: 20 }, 20);
    assert.throws(() => insertEntries(cache, table, memory), RangeError);
    assert.throws(() => insertEntries(allocateCache({ ...shape, layers: 3 }, slots), table, memory), RangeError);
    assert.equal(cache.length, 40);
  });
});
