import assert from 'node:assert/strict';
import type { LiveContext, Reading } from '../../../src/engine/memory';
import { Recall, segmentKey, SegmentEncoder, SegmentMemories, streamedLength } from '../../../src/engine/memory';
import { cosine } from './cosine';
import { noise, tinyPlan, useTinyModel } from '../tinyModel';

describe('LiveContext', () => {
  const model = useTinyModel();
  const never = new AbortController().signal;
  const pinned = Int32Array.of(303, 305, ...noise(20, 3), 304);

  /** Reads what is wanted, the pending tokens too, and gives the logits behind. */
  async function read(context: LiveContext, text: Int32Array, suffix = pinned, signal = never) {
    const reading = await context.read({ document: 'a', text, pinned: suffix }, signal);
    const logits = await logitsOf(context, reading);
    return { read: reading.read + reading.pending.length, logits };
  }

  async function logitsOf({ cache }: LiveContext, { pending, logits }: Reading): Promise<Float32Array> {
    return Float32Array.from(logits ?? (await cache.append(pending, 'last'))[0]);
  }

  const same = (a: Float32Array, b: Float32Array, least = 0.999) => {
    const similarity = cosine(a, b);
    assert.ok(similarity > least, `cosine ${similarity}`);
  };

  it('has sink, memory, pinned tokens and W to W + C - 1 tokens of text after a cold read', async () => {
    const context = await model().context();
    for (const length of [0, 1, 63, 64, 95, 96, 127, 500]) {
      context.cache.clear();
      await read(context, noise(length));
      const streamed = streamedLength(length, tinyPlan.window, tinyPlan.chunk);
      assert.equal(context.cache.absorbed, streamed);
      assert.equal(context.cache.windowLength, length - streamed);
      assert.equal(context.cache.entries, Math.min(tinyPlan.entries, streamed));
      assert.ok(length < tinyPlan.window || context.cache.windowLength >= tinyPlan.window);
    }
    context.cache.dispose();
  });

  it('reads only what was typed, also where the window overflows', async () => {
    const context = await model().context();
    const text = noise(400);
    await read(context, text.slice(0, 200));
    for (let length = 201; length <= 400; length++) assert.equal((await read(context, text.slice(0, length))).read, 1);
    context.cache.dispose();
  });

  it('gives the same whether text was typed or read at once, as long as nothing was evicted between', async () => {
    const typed = await model().context();
    const whole = await model().context();
    const text = noise(219);
    await read(typed, text.slice(0, 200));
    for (let length = 201; length < 219; length++) await read(typed, text.slice(0, length));
    same((await read(typed, text)).logits, (await read(whole, text)).logits, 0.999999);
    typed.cache.dispose();
    whole.cache.dispose();
  });

  it('rereads nothing but the last token for the same request, and gives the same', async () => {
    const context = await model().context();
    const first = await read(context, noise(300));
    const second = await read(context, noise(300));
    assert.equal(second.read, 1);
    assert.deepEqual(second.logits, first.logits);
    context.cache.dispose();
  });

  it('reads the live part alone when only the suffix changed', async () => {
    const context = await model().context();
    const text = noise(500);
    await read(context, text);
    const other = Int32Array.of(303, 305, ...noise(10, 4), 304);
    const window = text.length - streamedLength(text.length, tinyPlan.window, tinyPlan.chunk);
    assert.equal((await read(context, text, other)).read, other.length + window);
    context.cache.dispose();
  });

  it('resumes the stream after an edit in the middle of a long text, and comes to nearly the same as from the start', async () => {
    const context = await model().context();
    const fresh = await model().context();
    const text = noise(900);
    await read(context, text);
    text[700] = 40;
    const resumed = await read(context, text);
    assert.ok(resumed.read < 700, `${resumed.read} tokens were read`);
    same(resumed.logits, (await read(fresh, text)).logits);
    context.cache.dispose();
    fresh.cache.dispose();
  });

  it('goes on where it was aborted', async () => {
    const context = await model().context();
    const text = noise(900);
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 5);
    await assert.rejects(read(context, text, pinned, controller.signal));
    const { absorbed, text: held } = context.cache;
    const done = Math.max(absorbed, held.length);
    const rest = await read(context, text);
    assert.ok(rest.read <= text.length + pinned.length - done);
    const fresh = await model().context();
    same(rest.logits, (await read(fresh, text)).logits, 0.999999);
    context.cache.dispose();
    fresh.cache.dispose();
  });

  it('never confuses two documents', async () => {
    const context = await model().context();
    const fresh = await model().context();
    for (const seed of [1, 2, 1, 2]) await read(context, noise(400, seed));
    same((await read(context, noise(400, 2))).logits, (await read(fresh, noise(400, 2))).logits);
    context.cache.dispose();
    fresh.cache.dispose();
  });

  describe('recalling segments', () => {
    const texts = [noise(60, 21), noise(50, 22)];
    const recall = (...priors: number[]) => new Recall(priors.map((prior, i) => ({ key: segmentKey(texts[i]), tokens: texts[i], prior })));
    let memories: SegmentMemories;

    before(async () => {
      memories = new SegmentMemories(4);
      const encoder = await SegmentEncoder.create(model().runtime);
      for (const text of texts) memories.add(segmentKey(text), await encoder.encode(text, never));
      encoder.dispose();
    });

    async function readWith(context: LiveContext, text: Int32Array, recalled: Recall, signal = never, document = 'a') {
      const reading = await context.read({ document, text, pinned, recall: recalled }, signal);
      return { read: reading.read + reading.pending.length, logits: await logitsOf(context, reading) };
    }

    it('merges them with the older text under one K', async () => {
      const context = await model().context({}, memories);
      await readWith(context, noise(40), recall(0, -0.5));
      assert.equal(context.cache.entries, tinyPlan.entries);
      const alone = await model().context({}, memories);
      const { logits } = await readWith(alone, noise(40), Recall.nothing);
      assert.equal(alone.cache.entries, 0);
      assert.ok(cosine(logits, (await readWith(context, noise(40), recall(0, -0.5))).logits) < 0.9999, 'the memory makes a difference');
      context.cache.dispose();
      alone.cache.dispose();
    });

    it('keeps the memory while a keystroke continues the live part, and takes the new one up with the next live part', async () => {
      const context = await model().context({}, memories);
      const text = noise(400);
      await readWith(context, text.slice(0, 300), Recall.nothing);
      assert.equal((await readWith(context, text.slice(0, 301), recall(0, -0.5))).read, 1);
      const jumped = await readWith(context, text.slice(0, 200), recall(0, -0.5));
      const fresh = await model().context({}, memories);
      same(jumped.logits, (await readWith(fresh, text.slice(0, 200), recall(0, -0.5))).logits);
      context.cache.dispose();
      fresh.cache.dispose();
    });

    it('forgets them in another document, for which nothing is recalled', async () => {
      const context = await model().context({}, memories);
      for (const length of [200, 40]) {
        await readWith(context, noise(length, 5), recall(0, -0.5));
        const { logits } = await readWith(context, noise(length, 6), Recall.nothing, never, 'b');
        const fresh = await model().context({}, memories);
        assert.deepEqual(logits, (await readWith(fresh, noise(length, 6), Recall.nothing)).logits);
        fresh.cache.dispose();
      }
      context.cache.dispose();
    });

    it('reads the older text no second time for other segments', async () => {
      const context = await model().context({}, memories);
      const text = noise(300);
      await readWith(context, text, recall(0));
      const streamed = streamedLength(300, tinyPlan.window, tinyPlan.chunk);
      const other = await context.read({ document: 'a', text, pinned: Int32Array.of(303, 305, 304), recall: recall(0, -0.5) }, never);
      assert.equal(other.read + other.pending.length, 300 - streamed + 3);
      context.cache.dispose();
    });

    it('takes them up after a read that was aborted', async () => {
      const context = await model().context({}, memories);
      await readWith(context, noise(60), recall(0));
      const controller = new AbortController();
      setImmediate(() => controller.abort());
      await assert.rejects(readWith(context, noise(900, 8), recall(0), controller.signal));
      const { logits } = await readWith(context, noise(60), recall(0));
      const fresh = await model().context({}, memories);
      assert.deepEqual(logits, (await readWith(fresh, noise(60), recall(0))).logits);
      context.cache.dispose();
      fresh.cache.dispose();
    });
  });
});
