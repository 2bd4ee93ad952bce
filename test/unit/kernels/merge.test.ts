import assert from 'node:assert/strict';
import fc from 'fast-check';
import { allocateMemory, entrySource, mergeGroups, mergeMemories, shiftSources, splitLayers, type Memory } from '../../../kernels';
import { Random } from '../../fixtures/random';

const shape = { layers: 2, keyValueHeads: 2, headDim: 4 };
const rows = shape.layers * shape.keyValueHeads;
const range = 1000;

/** A memory of a text whose tokens take the sources from `start` on; scores are coarse, so that ties happen. */
function randomMemory(seed: number, count: number, start: number): Memory {
  const random = new Random(seed);
  const memory = allocateMemory(shape, count);
  memory.keys.set(random.normals(memory.keys.length));
  memory.values.set(random.normals(memory.values.length));
  memory.scores.set(Array.from(memory.scores, () => random.below(8) / 4));
  for (let row = 0; row < rows; row++) {
    const sources = new Set<number>();
    while (sources.size < count) sources.add(start + random.below(range));
    memory.sources.set([...sources].sort((a, b) => a - b), row * count);
  }
  return memory;
}

const count = fc.integer({ min: 0, max: 20 });
const seed = fc.integer();
/** Memories of different texts: each has a range of sources of its own. */
const memories = (most: number) => fc.array(fc.tuple(seed, count), { minLength: 1, maxLength: most })
  .map((parts) => parts.map(([s, n], i) => randomMemory(s, n, i * range)));
const prior = fc.integer({ min: -8, max: 8 }).map((value) => value / 4);
const none = (parts: readonly Memory[]) => parts.map(() => 0);
const total = (parts: readonly Memory[]) => parts.reduce((sum, part) => sum + part.count, 0);

describe('Merging memories', () => {
  it('keeps the best of the union for every layer and head, in source order', () => {
    fc.assert(fc.property(memories(4), fc.infiniteStream(prior), fc.nat(60), (parts, stream, k) => {
      const priors = [...stream.take(parts.length)];
      const merged = mergeMemories(parts, priors, k);
      assert.equal(merged.count, Math.min(k, total(parts)));
      for (let row = 0; row < rows; row++) assert.deepEqual(entriesOf(merged, row), naive(parts, priors, k, row));
    }));
  });

  it('merges each group of layers to its own share, as if its layers were all there is', () => {
    const groups = [{ ...shape, firstLayer: 0, layers: 1, share: 0.5 }, { ...shape, firstLayer: 1, layers: 1, share: 1.5 }];
    fc.assert(fc.property(memories(4), fc.infiniteStream(prior), fc.nat(40), (parts, stream, k) => {
      const priors = [...stream.take(parts.length)];
      const split = parts.map((part) => splitLayers(part, groups));
      const expected = [0.5, 1.5].map((share, i) => mergeMemories(split.map((part) => part[i]), priors, Math.floor(share * k + 0.5)));
      assert.deepEqual(mergeGroups(parts.map(entrySource), priors, groups, k), expected);
    }));
    assert.throws(() => mergeGroups([entrySource(randomMemory(1, 4, 0))], [0], groups.slice(0, 1), 4), /another geometry/);
  });

  it('is exact on parts: the top k of a union is the top k of the parts\' top k, under priors too', () => {
    fc.assert(fc.property(memories(4), fc.infiniteStream(prior), fc.nat(40), (parts, stream, k) => {
      const priors = [...stream.take(parts.length)];
      const trimmed = parts.map((part) => mergeMemories([part], [0], k));
      assert.deepEqual(mergeMemories(trimmed, priors, k), mergeMemories(parts, priors, k));
    }));
  });

  it('is associative', () => {
    fc.assert(fc.property(memories(4), fc.nat(40), (parts, k) => {
      const stepwise = parts.slice(1).reduce((merged, part) => mergeMemories([merged, part], [0, 0], k), mergeMemories([parts[0]], [0], k));
      assert.deepEqual(stepwise, mergeMemories(parts, none(parts), k));
    }));
  });

  it('does not care for the order of the memories', () => {
    fc.assert(fc.property(memories(5), fc.nat(40), (parts, k) => {
      assert.deepEqual(mergeMemories([...parts].reverse(), none(parts), k), mergeMemories(parts, none(parts), k));
    }));
  });

  it('counts equal content once', () => {
    fc.assert(fc.property(seed, count, fc.nat(40), (s, n, k) => {
      const memory = randomMemory(s, n, 0);
      assert.deepEqual(mergeMemories([memory, memory, memory], [0, 0, 0], k), mergeMemories([memory], [0], k));
    }));
  });

  it('keeps the best score of content that comes with different priors', () => {
    const memory = randomMemory(1, 6, 0);
    assert.deepEqual(mergeMemories([memory, memory], [-1, 0.5], 4), mergeMemories([memory], [0.5], 4));
    assert.deepEqual(mergeMemories([memory, memory], [0.5, -1], 4), mergeMemories([memory], [0.5], 4));
  });

  it('keeps different content that shares a source', () => {
    const merged = mergeMemories([randomMemory(1, 5, 0), randomMemory(2, 5, 0)], [0, 0], 10);
    assert.equal(merged.count, 10);
  });

  it('orders texts by the ranges they are shifted to', () => {
    const [first, second] = [randomMemory(1, 3, 0), randomMemory(2, 3, 0)];
    const merged = mergeMemories([shiftSources(first, range), second], [0, 0], 6);
    assert.deepEqual([...merged.keys.slice(0, 12)], [...second.keys.slice(0, 12)]);
  });

  it('refuses what cannot be merged', () => {
    const memory = randomMemory(1, 3, 0);
    assert.throws(() => mergeMemories([], [], 4), RangeError);
    assert.throws(() => mergeMemories([memory], [], 4), RangeError);
    assert.throws(() => mergeMemories([memory, allocateMemory({ ...shape, headDim: 8 }, 2)], [0, 0], 4), RangeError);
  });
});

interface Entry {
  readonly source: number;
  readonly score: number;
  readonly key: number[];
  readonly value: number[];
}

function entriesOf(memory: Memory, row: number, prior = 0): Entry[] {
  return Array.from({ length: memory.count }, (_, i) => {
    const entry = row * memory.count + i;
    const features = (values: Float32Array) => [...values.slice(entry * memory.headDim, (entry + 1) * memory.headDim)];
    return { source: memory.sources[entry], score: memory.scores[entry] + prior, key: features(memory.keys), value: features(memory.values) };
  });
}

function naive(parts: readonly Memory[], priors: readonly number[], k: number, row: number): Entry[] {
  return parts.flatMap((part, i) => entriesOf(part, row, priors[i]))
    .sort((a, b) => b.score - a.score || b.source - a.source).slice(0, k)
    .sort((a, b) => a.source - b.source);
}
