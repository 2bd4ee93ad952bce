import assert from 'node:assert/strict';
import { entriesOf, entrySource, layerGroups, shiftSources } from '../../../kernels';
import { BoundedCache, Contexts, LiveContext, Recall, SegmentEncoder, SegmentMemories, segmentKey, streamedLength } from '../../../src/engine/memory';
import { CheckpointSchedule, longestReading, readStream } from '../../../src/engine/memory/stream';
import { cosine } from './cosine';
import { noise, tinyPlan, useTinyModel } from '../tinyModel';

/** Of 48 entries: 24, 72, none and 96. */
const layerShares = [0.5, 1.5, 0, 2];
const held = [24, 72, 0, 96];

describe('Layers with shares of the memory of their own', () => {
  const model = useTinyModel({ geometry: { layers: 4 }, layerShares });
  const never = new AbortController().signal;
  const pinned = Int32Array.of(303, 305, ...noise(20, 3), 304);

  /** Reads text as it is typed. */
  async function type(cache: BoundedCache, text: Int32Array): Promise<void> {
    for (let start = 0; start < text.length; start += 32) {
      await cache.append(text.slice(start, start + 32), 'none');
      if (cache.room === 0) cache.evict();
    }
  }
  const logitsBehind = async (cache: BoundedCache) => Float32Array.from((await cache.append(Int32Array.of(65), 'last'))[0]);
  const memoryOf = (cache: BoundedCache) => cache.read(async (runtime, state) => (
    await runtime.extract(state, cache.groupEntries.map((entries) => ({ start: 4, end: 4 + entries })))
  ));

  it('hold each its own number of entries, in bytes that never change', async () => {
    const cache = await model().cache();
    const { bytes } = cache;
    const [perSlot, { slots, entries }] = [2 * 2 * 16 * 4, tinyPlan];
    assert.equal(bytes, held.reduce((sum, own) => sum + (slots - entries + own + 1) * perSlot, 0));
    await cache.pin(noise(20, 7));
    const reached: (readonly number[])[] = [];
    for (let chunk = 0; chunk < 8; chunk++) {
      await type(cache, noise(32, chunk));
      reached.push(cache.groupEntries);
    }
    assert.deepEqual(reached, [[0, 0, 0, 0], [0, 0, 0, 0], [24, 32, 0, 32], [24, 64, 0, 64], [24, 72, 0, 96], held, held, held]);
    assert.equal(cache.entries, 48);
    assert.equal(cache.windowLength, 64);
    assert.equal(cache.bytes, bytes);
    cache.dispose();
  });

  it('keep in each layer the best of all that left the window', async () => {
    const [cache, whole] = [await model().cache(), await model().cache({ entries: 480, slots: 1000 })];
    const text = noise(256);
    await type(cache, text.slice(0, 192));
    await type(whole, text.slice(0, 192));
    // The first layer's hidden states do not depend on what memory holds, so there both see the same candidates.
    const [[small], [all]] = [await memoryOf(cache), await memoryOf(whole)];
    assert.equal(all.count, 128);
    for (let head = 0; head < 2; head++) {
      const candidates = Array.from({ length: 128 }, (_, i) => ({ score: all.scores[head * 128 + i], source: all.sources[head * 128 + i] }));
      const best = candidates.sort((a, b) => b.score - a.score || b.source - a.source).slice(0, 24).map(({ source }) => source);
      assert.deepEqual([...small.sources.subarray(head * 24, (head + 1) * 24)], best.sort((a, b) => a - b));
    }
    cache.dispose();
    whole.dispose();
  });

  it('resume from a checkpoint, which takes the bytes of every layer, to what an uninterrupted stream gives', async () => {
    const text = noise(640);
    const store = model().checkpoints();
    const read = (cache: BoundedCache, end: number) => (
      readStream(cache, text, end, new CheckpointSchedule(store, 'a', text.length, tinyPlan), { run: longestReading, signal: never, onRead: () => undefined })
    );
    assert.equal(store.bytes, tinyPlan.checkpoints * held.reduce((sum, own) => sum + (own + tinyPlan.window) * 2 * (2 * 2 * 16 + 8), 0));
    const [whole, interrupted] = [await model().cache(), await model().cache()];
    await read(interrupted, 384);
    interrupted.clear();
    assert.ok(store.restore(text, interrupted));
    assert.deepEqual(interrupted.groupEntries, held);
    await read(interrupted, 640);
    await read(whole, 640);
    const similarity = cosine(await logitsBehind(whole), await logitsBehind(interrupted));
    assert.ok(similarity > 0.999, `cosine ${similarity}`);
    whole.dispose();
    interrupted.dispose();
  });

  it('admit memories of other texts as merging them with their own would', async () => {
    const { runtime, manifest } = model();
    const groups = layerGroups(manifest);
    const encoder = await SegmentEncoder.create(runtime);
    // A segment has as many entries in every layer, whatever its share.
    const segments = [shiftSources(await encoder.encode(noise(70, 2), never), -2000), shiftSources(await encoder.encode(noise(30, 3), never), -1000)];
    assert.deepEqual(segments.map(({ layers, count }) => [layers, count]), [[4, 70], [4, 30]]);
    const cache = await model().cache();
    for (const segment of segments) cache.admit([entrySource(segment)], [0]);
    const expected = runtime.merge(segments.map(entrySource), [0, 0], tinyPlan.entries);
    const actual = await memoryOf(cache);
    assert.deepEqual(actual.map(({ count }) => count), groups.map((group) => entriesOf(group, tinyPlan.entries)));
    for (const [i, memory] of actual.entries()) {
      assert.deepEqual(memory.sources, expected[i].sources);
      assert.deepEqual(memory.scores, expected[i].scores);
      assert.deepEqual(memory.values, expected[i].values);
      memory.keys.forEach((feature, at) => assert.ok(Math.abs(feature - expected[i].keys[at]) < 1e-5));
    }
    encoder.dispose();
    cache.dispose();
  });

  it('read only what was typed, and take back what was only suggested, wherever the window overflows', async () => {
    const context = await model().context();
    const text = noise(400);
    const read = async (length: number) => {
      const reading = await context.read({ document: 'a', text: text.slice(0, length), pinned }, never);
      const [logits] = await context.cache.append(reading.pending, 'last');
      return { read: reading.read + reading.pending.length, logits: Float32Array.from(logits) };
    };
    await read(200);
    for (let length = 201; length <= 400; length++) {
      const before = await read(length);
      assert.equal(before.read, 1);
      if (length % 40 > 0) continue;
      // A suggestion is drawn and rejected: the same request gives the same again.
      await context.cache.append(noise(8, length), 'none');
      const again = await read(length);
      assert.deepEqual(again.logits, before.logits);
    }
    context.cache.dispose();
  });

  it('hold after a pause bit for bit what reading everything first gives, with segments recalled', async () => {
    const encoder = await SegmentEncoder.create(model().runtime);
    const [text, tokens] = [noise(900), noise(200, 9)];
    const memories = new SegmentMemories(1);
    memories.add(segmentKey(tokens), await encoder.encode(tokens, never));
    const wanted = { document: 'a', text, pinned, recall: new Recall([{ key: segmentKey(tokens), tokens, prior: -0.1 }]) };
    const contexts = async () => {
      const store = model().checkpoints();
      const context = async () => new LiveContext(await model().cache(), store, model().tokenizer.vocabulary, memories);
      return new Contexts(await context(), await context());
    };
    const contentOf = ({ cache }: Contexts) => cache.read((runtime, state) => runtime.extract(state, state.lengths.map((end) => ({ start: 0, end }))));
    const [whole, paused] = [await contexts(), await contexts()];
    const { pending } = await whole.read(wanted, never, 'everything');
    await whole.cache.append(pending, 'last');
    await paused.read(wanted, never, 'livePart');
    assert.deepEqual(paused.cache.unread, [{ start: 0, end: streamedLength(900, tinyPlan.window, tinyPlan.chunk) }]);
    await paused.prepare(wanted, never, () => undefined);
    assert.deepEqual(await contentOf(paused), await contentOf(whole));
    assert.deepEqual(paused.shares, whole.shares);
    assert.ok(whole.shares[0] > 0 && whole.shares[0] < 1);
    encoder.dispose();
    whole.dispose();
    paused.dispose();
  });
});
