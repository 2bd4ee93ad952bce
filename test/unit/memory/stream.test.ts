import assert from 'node:assert/strict';
import type { BoundedCache, CheckpointStore } from '../../../src/engine/memory';
import { CheckpointSchedule, longestReading, readStream } from '../../../src/engine/memory/stream';
import { cosine } from './cosine';
import { noise, tinyPlan, useTinyModel } from '../tinyModel';

describe('readStream', () => {
  const model = useTinyModel();
  const never = new AbortController().signal;

  async function read(cache: BoundedCache, store: CheckpointStore, text: Int32Array, signal = never) {
    let count = 0;
    const schedule = new CheckpointSchedule(store, 'a', text.length, tinyPlan);
    await readStream(cache, text, text.length, schedule, { run: longestReading, signal, onRead: (tokens) => { count += tokens; } });
    return count;
  }
  const logitsBehind = async (cache: BoundedCache) => Float32Array.from((await cache.append(Int32Array.of(65), 'last'))[0]);

  it('resumes from a checkpoint to what an uninterrupted stream gives', async () => {
    const text = noise(640);
    const whole = await model().cache();
    await read(whole, model().checkpoints(), text);
    const store = model().checkpoints();
    const interrupted = await model().cache();
    await read(interrupted, store, text.slice(0, 384));
    interrupted.clear();
    assert.ok(store.restore(text, interrupted));
    assert.equal(interrupted.text.length, 384);
    assert.equal(await read(interrupted, store, text), 640 - 384);
    assert.deepEqual([...interrupted.text], [...whole.text]);
    const similarity = cosine(await logitsBehind(whole), await logitsBehind(interrupted));
    assert.ok(similarity > 0.999, `cosine ${similarity}`);
    whole.dispose();
    interrupted.dispose();
  });

  it('finds the checkpoint before an edit, and all of them again when the edit is undone', async () => {
    const text = noise(640);
    const store = model().checkpoints();
    const cache = await model().cache();
    await read(cache, store, text);
    const edited = text.slice();
    edited[500] = 33;
    const before = store.covers(edited);
    assert.ok(before > 0 && before <= 500);
    assert.equal(store.covers(text), 640);
    assert.equal(store.covers(noise(640, 9)), 0);
    cache.dispose();
  });

  it('keeps what was read when it is aborted', async () => {
    const text = noise(640);
    const cache = await model().cache();
    const store = model().checkpoints();
    const controller = new AbortController();
    setImmediate(() => setImmediate(() => controller.abort()));
    await assert.rejects(read(cache, store, text, controller.signal));
    const done = cache.text.length;
    assert.ok(done < text.length);
    assert.equal(await read(cache, store, text), text.length - done);
    cache.dispose();
  });
});

describe('CheckpointStore', () => {
  const model = useTinyModel();

  it('spreads evenly over a long file in a fixed number of checkpoints, the newest among them', async () => {
    const text = noise(32 * 40);
    const store = model().checkpoints({ checkpoints: 4 });
    const cache = await model().cache();
    for (let start = 0; start < text.length; start += 32) {
      await cache.append(text.slice(start, start + 32), 'none');
      if (cache.room === 0) cache.evict();
      await store.save('a', cache);
      assert.ok(store.positions.length <= 4);
      assert.equal(Math.max(...store.positions), start + 32);
    }
    const positions = store.positions.sort((a, b) => a - b);
    const gaps = positions.map((position, i) => position - (i === 0 ? 0 : positions[i - 1]));
    assert.ok(Math.max(...gaps) <= text.length / 2, `gaps of ${gaps.join(', ')}`);
    cache.dispose();
  });

  it('forgets the checkpoints of some documents, and has room for others', async () => {
    const [store, cache] = [model().checkpoints(), await model().cache()];
    for (const document of ['a', 'b', 'a']) {
      cache.clear();
      const text = noise(tinyPlan.chunk, 1 + store.positions.length);
      await cache.append(text, 'none');
      await store.save(document, cache);
    }
    assert.equal(store.positions.length, 3);
    store.forget((document) => document === 'a');
    assert.equal(store.positions.length, 1);
    assert.equal(store.covers(noise(tinyPlan.chunk, 1)), 0);
    assert.equal(store.covers(noise(tinyPlan.chunk, 2)), tinyPlan.chunk);
    cache.dispose();
  });

  it('allocates no more than the plan states', async () => {
    const store = model().checkpoints();
    const cache = await model().cache();
    const text = noise(960);
    for (let start = 0; start < text.length; start += 32) {
      await cache.append(text.slice(start, start + 32), 'none');
      if (cache.room === 0) cache.evict();
      await store.save('a', cache);
    }
    const { layers, keyValueHeads, headDim } = model().manifest.geometry;
    const heads = layers * keyValueHeads * (tinyPlan.entries + tinyPlan.window);
    assert.equal(store.bytes, tinyPlan.checkpoints * heads * (2 * 2 * headDim + 8));
    cache.dispose();
  });
});
