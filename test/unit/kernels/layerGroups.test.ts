import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  allocateCache, allocateMemory, compactCache, entriesOf, joinLayers, layerGroups, mergeMemories, rotaryTable, splitLayers, type KeyValueCache, type LayerGroup,
  type Memory, type PerGroup,
} from '../../../kernels';
import type { Geometry } from '../../../src/engine/model';
import { Random } from '../../fixtures/random';
import { tinyGeometry } from '../../fixtures/tinyPack';

const geometry: Geometry = { ...tinyGeometry, layers: 4, keyValueHeads: 2, headDim: 4 };
const groupsOf = (layerShares?: readonly number[]) => layerGroups({ geometry, memory: layerShares && { layerShares } });
const shares = fc.array(fc.constantFrom(0, 0.25, 0.5, 1, 2, 3), { minLength: 4, maxLength: 4 });
const seed = fc.integer();
const count = fc.nat(16);

/** Of a text whose tokens take the sources from `start` on; scores are coarse, so that ties happen. */
function randomMemory(from: number, entries: number, start: number): Memory {
  const random = new Random(from);
  const memory = allocateMemory(geometry, entries);
  memory.keys.set(random.normals(memory.keys.length));
  memory.values.set(random.normals(memory.values.length));
  memory.scores.set(Array.from(memory.scores, () => random.below(8) / 4));
  memory.sources.set(memory.sources.map((_, i) => start + 3 * (i % entries) + random.below(3)));
  return memory;
}
const texts = fc.array(fc.tuple(seed, count), { minLength: 1, maxLength: 4 }).map((parts) => parts.map(([s, n], i) => randomMemory(s, n, 100 * i)));

/** Each group of layers keeps its own number of entries. */
function mergeGroups(memories: readonly PerGroup<Memory>[], priors: readonly number[], entries: number, groups: PerGroup<LayerGroup>): PerGroup<Memory> {
  return groups.map((group, i) => mergeMemories(memories.map((memory) => memory[i]), priors, entriesOf(group, entries)));
}

describe('Groups of layers', () => {
  it('are one where no shares are named, or all are the same', () => {
    const whole = [{ firstLayer: 0, layers: 4, keyValueHeads: 2, headDim: 4, share: 1 }];
    assert.deepEqual(groupsOf(), whole);
    assert.deepEqual(groupsOf([1, 1, 1, 1]), whole);
    assert.equal(groupsOf([2, 2, 2, 2]).length, 1);
  });

  it('are the runs of equal shares, and cover all layers in order', () => {
    assert.deepEqual(groupsOf([0.5, 0.5, 2, 0.5]).map(({ firstLayer, layers }) => [firstLayer, layers]), [[0, 2], [2, 1], [3, 1]]);
    fc.assert(fc.property(shares, (layerShares) => {
      assert.deepEqual(groupsOf(layerShares).flatMap(({ layers, share }) => Array.from({ length: layers }, () => share)), layerShares);
    }));
  });

  it('round their number of entries as training does, halves up', () => {
    const entries = (share: number, k: number) => entriesOf({ ...groupsOf()[0], share }, k);
    assert.deepEqual([entries(1, 1024), entries(0.5, 25), entries(0.5, 27), entries(2.5, 9), entries(1 / 3, 64), entries(0, 64)], [1024, 13, 14, 23, 21, 0]);
  });
});

describe('A memory of all layers', () => {
  it('is split into groups without a copy, and joined to what it was', () => {
    fc.assert(fc.property(shares, seed, count, (layerShares, s, entries) => {
      const memory = randomMemory(s, entries, 0);
      const parts = splitLayers(memory, groupsOf(layerShares));
      for (const part of parts) assert.equal(part.keys.buffer, memory.keys.buffer);
      assert.deepEqual(joinLayers(parts), memory);
    }));
  });

  it('is not split by groups of another model, and parts with unlike numbers of entries are not joined', () => {
    const memory = randomMemory(1, 5, 0);
    assert.throws(() => splitLayers(memory, layerGroups({ geometry: { ...geometry, layers: 3 } })), RangeError);
    assert.throws(() => splitLayers(memory, layerGroups({ geometry: { ...geometry, headDim: 8 } })), RangeError);
    const [first] = splitLayers(memory, groupsOf([1, 1, 2, 2]));
    assert.throws(() => joinLayers([first, splitLayers(randomMemory(1, 6, 0), groupsOf([1, 1, 2, 2]))[1]]), RangeError);
  });
});

describe('Merging with an own number of entries in each group of layers', () => {
  it('keeps in a layer what merging all layers with that number keeps there', () => {
    fc.assert(fc.property(shares, texts, fc.nat(24), (layerShares, parts, k) => {
      const groups = groupsOf(layerShares);
      const priors = parts.map((_, i) => -i / 4);
      mergeGroups(parts.map((part) => splitLayers(part, groups)), priors, k, groups).forEach((merged, i) => {
        assert.deepEqual(merged, splitLayers(mergeMemories(parts, priors, entriesOf(groups[i], k)), groups)[i]);
      });
    }));
  });

  it('is associative and does not care for the order, though the merged parts differ in length', () => {
    fc.assert(fc.property(shares, texts, fc.nat(24), (layerShares, parts, k) => {
      const groups = groupsOf(layerShares);
      const split = parts.map((part) => splitLayers(part, groups));
      const none = split.map(() => 0);
      const atOnce = mergeGroups(split, none, k, groups);
      const stepwise = split.slice(1).reduce((merged, part) => mergeGroups([merged, part], [0, 0], k, groups), mergeGroups([split[0]], [0], k, groups));
      assert.deepEqual(stepwise, atOnce);
      assert.deepEqual(mergeGroups([...split].reverse(), none, k, groups), atOnce);
    }));
  });
});

describe('Compaction with an own number of entries in each group of layers', () => {
  const slots = 64;
  const table = rotaryTable(slots, geometry.headDim, 10_000);

  /** The caches of a stream of `length` tokens without a sink, filled alike whatever the groups. */
  function filled(groups: PerGroup<LayerGroup>, from: number, length: number): PerGroup<KeyValueCache> {
    const random = new Random(from);
    return groups.map((group) => {
      const cache = allocateCache(group, slots);
      for (const array of [...cache.keys, ...cache.values]) array.set(random.normals(array.length));
      cache.scores.set(Array.from(cache.scores, () => random.below(6)));
      cache.sources.set(cache.sources.map((_, i) => i % slots));
      cache.length = length;
      return cache;
    });
  }

  it('in steps chooses in every layer what one choice over everything chooses', () => {
    fc.assert(fc.property(shares, seed, fc.integer({ min: 1, max: 12 }), (layerShares, s, k) => {
      const groups = groupsOf(layerShares);
      const [stepwise, atOnce] = [filled(groups, s, 40), filled(groups, s, 40)];
      const held = groups.map(() => 0);
      for (let chunk = 0; chunk < 5; chunk++) {
        stepwise.forEach((cache, i) => {
          const keep = entriesOf(groups[i], k);
          compactCache(cache, table, { memory: { start: 0, end: held[i] }, evicted: { start: held[i], end: held[i] + 8 }, keep });
          held[i] = Math.min(keep, held[i] + 8);
        });
        // What is still to come lies behind memories of different lengths.
        stepwise.forEach((cache, i) => assert.equal(cache.length, held[i] + 32 - 8 * chunk));
      }
      atOnce.forEach((cache, i) => compactCache(cache, table, { memory: { start: 0, end: 0 }, evicted: { start: 0, end: 40 }, keep: entriesOf(groups[i], k) }));
      stepwise.forEach((cache, i) => {
        const other = atOnce[i];
        assert.equal(cache.length, other.length);
        for (let row = 0; row < cache.layers * cache.keyValueHeads; row++) {
          const held = ({ sources, scores }: KeyValueCache) => [sources, scores].map((all) => [...all.subarray(row * slots, row * slots + cache.length)]);
          assert.deepEqual(held(cache), held(other));
        }
      });
    }));
  });
});
