import assert from 'node:assert/strict';
import { mergeEntries } from '../../../kernels';
import { entriesOfStored, priorOfRank, Recall, segmentKey, SegmentMemories, storedBytes, toStored } from '../../../src/engine/memory';
import { madeMemory as memoryOf, shape } from '../store/madeMemory';
import { whole } from './whole';
import { noise } from '../tinyModel';

describe('SegmentMemories', () => {
  it('gives back what was kept, the same whether it is rounded here or before', () => {
    const memories = new SegmentMemories(2);
    memories.add('a', memoryOf(1));
    memories.keep('b', toStored(memoryOf(1)));
    const expected = whole(entriesOfStored(toStored(memoryOf(1))));
    for (const key of ['a', 'b']) {
      const memory = memories.get(key);
      assert.ok(memory);
      assert.deepEqual(whole(memory), expected);
    }
  });

  it('forgets what must not be known', () => {
    const memories = new SegmentMemories(2);
    memories.add('a', memoryOf(1));
    memories.remove('a');
    assert.equal(memories.get('a'), undefined);
  });

  it('drops the one that was used least recently, and never holds more than its capacity', () => {
    const memories = new SegmentMemories(3);
    for (const key of ['a', 'b', 'c']) memories.add(key, memoryOf(1));
    memories.get('a');
    memories.touch('b');
    memories.add('d', memoryOf(2));
    assert.deepEqual(['a', 'b', 'c', 'd'].map((key) => memories.has(key)), [true, true, false, true]);
    assert.equal(memories.size, 3);
    assert.equal(memories.get('c'), undefined);
  });

  it('takes no more bytes than a full segment has entries, however many are added', () => {
    const memories = new SegmentMemories(3);
    for (let i = 0; i < 200; i++) memories.add(String(i), memoryOf(i));
    assert.equal(memories.bytes, 3 * storedBytes(shape, 16));
  });

  it('replaces what has the same content instead of keeping it twice', () => {
    const memories = new SegmentMemories(3);
    memories.add('a', memoryOf(1));
    memories.add('a', memoryOf(1));
    assert.equal(memories.size, 1);
  });

  it('keeps nothing without capacity', () => {
    const memories = new SegmentMemories(0);
    memories.add('a', memoryOf(1));
    assert.equal(memories.size, 0);
  });

  it('names segments by content', () => {
    assert.equal(segmentKey(noise(50, 1)), segmentKey(noise(50, 1)));
    assert.notEqual(segmentKey(noise(50, 1)), segmentKey(noise(50, 2)));
    assert.notEqual(segmentKey(noise(50, 1)), segmentKey(noise(49, 1)));
    assert.notEqual(segmentKey(new Int32Array(0)), segmentKey(noise(1)));
  });
});

describe('Recall', () => {
  const segment = (key: string, prior: number) => ({ key, tokens: noise(10), prior });

  it('gives the best retrieved segment no prior, and later ones less and less', () => {
    assert.equal(priorOfRank(0), 0);
    assert.ok(Math.abs(priorOfRank(1) + 0.6) < 1e-12);
    assert.ok(Math.abs(priorOfRank(7) + 1.8) < 1e-12);
  });

  it('puts every segment in a range of its own in front of the text, in order, with its prior in the scores', () => {
    const stored = new SegmentMemories(3);
    for (const [i, key] of ['a', 'b', 'c'].entries()) stored.add(key, memoryOf(i));
    const { memories, priors } = new Recall([segment('a', -1), segment('b', 0), segment('c', -0.5)]).entriesIn(stored);
    const merged = mergeEntries(memories, priors, 1000);
    const { count } = memoryOf(0);
    assert.equal(merged.count, 3 * count);
    for (const [i, prior] of [-1, 0, -0.5].entries()) {
      const own = memoryOf(i);
      const first = i * count;
      const end = first + count;
      const shift: number = merged.sources[first] - own.sources[0];
      assert.ok(shift <= -1020 && (i === 0 || merged.sources[first] > merged.sources[first - 1]));
      assert.deepEqual(merged.sources.slice(first, end), own.sources.slice(0, count).map((source) => source + shift));
      assert.deepEqual(merged.scores.slice(first, end), own.scores.slice(0, count).map((score) => score + prior));
    }
    assert.deepEqual(stored.get('a')?.scores, memoryOf(0).scores);
  });

  it('has another key when a segment, an order or a prior is another', () => {
    const [a, b] = [segment('a', 0), segment('b', -1)];
    const keys = [[a, b], [b, a], [a], [a, segment('b', 0)], []].map((segments) => new Recall(segments).key);
    assert.equal(new Set(keys).size, keys.length);
    assert.equal(new Recall([a, b]).key, keys[0]);
  });

  it('is cut down to what is encoded', () => {
    const stored = new SegmentMemories(3);
    stored.add('b', memoryOf(1));
    const recall = new Recall([segment('a', 0), segment('b', -1)]).encodedIn(stored);
    assert.deepEqual(recall.segments.map(({ key }) => key), ['b']);
  });
});
