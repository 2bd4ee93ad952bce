import assert from 'node:assert/strict';
import { entrySource, mergeMemories, shiftSources, type Memory } from '../../../kernels';
import { SegmentEncoder, type BoundedCache, type MemoryPlan } from '../../../src/engine/memory';
import { noise, tinyPlan, useTinyModel } from '../tinyModel';

describe('BoundedCache', () => {
  const model = useTinyModel();

  it('has the same bytes however much is read', async () => {
    const cache = await model().cache();
    const { bytes } = cache;
    const text = noise(2000);
    for (let start = 0; start < text.length; start += 32) {
      await cache.append(text.slice(start, start + 32), 'none');
      if (cache.room === 0) cache.evict();
      assert.ok(cache.entries <= tinyPlan.entries);
      assert.ok(cache.windowLength < tinyPlan.window + tinyPlan.chunk);
    }
    assert.equal(cache.bytes, bytes);
    assert.equal(cache.text.length, 1984 + 16);
    cache.dispose();
  });

  it('keeps pinned tokens when text is evicted around them', async () => {
    const cache = await model().cache();
    await cache.pin(noise(20, 7));
    for (const part of [0, 32, 64]) await cache.append(noise(96).slice(part, part + 32), 'none');
    cache.evict();
    assert.deepEqual([...cache.pinned], [...noise(20, 7)]);
    assert.equal(cache.entries, 32);
    assert.equal(cache.windowLength, 64);
    assert.equal(cache.absorbed, 32);
    cache.dispose();
  });

  it('gives the same logits after text was taken back as if it had never been read', async () => {
    const cache = await model().cache();
    const text = noise(40);
    await cache.append(text, 'none');
    const expected = Float32Array.from((await cache.append(Int32Array.of(70), 'last'))[0]);
    cache.truncate(40);
    await cache.append(noise(9, 5), 'none');
    cache.truncate(40);
    const [again] = await cache.append(Int32Array.of(70), 'last');
    assert.deepEqual(Array.from(again), Array.from(expected));
    cache.dispose();
  });

  it('refuses to read more than fits and to take back what is absorbed, and stays as it was', async () => {
    const cache = await model().cache();
    await assert.rejects(cache.append(noise(300), 'none'), RangeError);
    assert.equal(cache.text.length, 0);
    await cache.append(noise(96), 'none');
    cache.evict();
    assert.throws(() => cache.truncate(31), RangeError);
    assert.equal(cache.text.length, 96);
    cache.dispose();
  });

  const admissions: readonly { readonly way: string; readonly plan: Partial<MemoryPlan>; readonly admit: (cache: BoundedCache, segments: readonly Memory[]) => void }[] = [
    { way: 'one after the other', plan: {}, admit: (cache, segments) => { for (const segment of segments) cache.admit([entrySource(segment)], [0]); } },
    {
      way: 'merged before, and in parts where they do not fit behind the memory', plan: { slots: 4 + 48 + 44 },
      admit: (cache, segments) => { cache.admit(segments.map(entrySource), segments.map(() => 0)); },
    },
  ];
  for (const { way, plan, admit } of admissions) {
    it(`admits memories of other texts as merging them with its own would: ${way}`, async () => {
      const never = new AbortController().signal;
      const encoder = await SegmentEncoder.create(model().runtime);
      const segments = [shiftSources(await encoder.encode(noise(70, 2), never), -2000), shiftSources(await encoder.encode(noise(30, 3), never), -1000)];
      const cache = await model().cache(plan);
      await cache.append(noise(90), 'none');
      cache.fold();
      const remembered = async () => {
        const [memory] = await cache.read((runtime, state) => runtime.extract(state, [{ start: 4, end: 4 + cache.entries }]));
        return memory;
      };
      const expected = mergeMemories([await remembered(), ...segments], [0, 0, 0], tinyPlan.entries);
      admit(cache, segments);
      const actual = await remembered();
      assert.deepEqual(actual.sources, expected.sources);
      assert.deepEqual(actual.scores, expected.scores);
      assert.deepEqual(actual.values, expected.values);
      actual.keys.forEach((feature, i) => assert.ok(Math.abs(feature - expected.keys[i]) < 1e-5));
      encoder.dispose();
      cache.dispose();
    });
  }

  it('admits nothing once the live part is being read', async () => {
    const encoder = await SegmentEncoder.create(model().runtime);
    const memory = await encoder.encode(noise(20), new AbortController().signal);
    const cache = await model().cache();
    await cache.append(noise(20), 'none');
    assert.throws(() => cache.admit([entrySource(memory)], [0]), /before the live part/);
    encoder.dispose();
    cache.dispose();
  });
});
