import assert from 'node:assert/strict';
import { Contexts, LiveContext, Recall, segmentKey, SegmentEncoder, SegmentMemories, streamedLength, type CheckpointStore } from '../../../src/engine/memory';
import { noise, tinyPlan, useTinyModel } from '../tinyModel';
import { cosine } from './cosine';

describe('Contexts', () => {
  const model = useTinyModel();
  const never = new AbortController().signal;
  const pinned = Int32Array.of(303, 305, ...noise(20, 3), 304);
  const unheard = () => undefined;
  const wanted = (text: Int32Array, recall = Recall.nothing) => ({ document: 'a', text, pinned, recall });
  /** Of a text of so many tokens, what the live part does not take. */
  const older = (length: number) => streamedLength(length, tinyPlan.window, tinyPlan.chunk);

  async function withContexts(use: (contexts: Contexts, store: CheckpointStore) => Promise<void>, segments?: SegmentMemories): Promise<void> {
    const store = model().checkpoints();
    const { vocabulary } = model().tokenizer;
    const context = async () => new LiveContext(await model().cache(), store, vocabulary, segments);
    const contexts = new Contexts(await context(), await context());
    await use(contexts, store);
    contexts.dispose();
  }

  /** Reads as a request does, the pending tokens too. */
  async function read(contexts: Contexts, text: Int32Array, first: 'everything' | 'livePart', recall?: Recall) {
    const reading = await contexts.read(wanted(text, recall), never, first);
    const logits = Float32Array.from(reading.logits ?? (await contexts.cache.append(reading.pending, 'last'))[0]);
    return { read: reading.read + reading.pending.length, logits };
  }

  /** All keys, values, scores and sources that a cache holds. */
  const contentOf = ({ cache }: Contexts) => cache.read((runtime, state) => runtime.extract(state, state.lengths.map((end) => ({ start: 0, end }))));

  it('answers from the live part of a long text at once, and knows what it left out', () => withContexts(async (contexts) => {
    const text = noise(900);
    const { read: count } = await read(contexts, text, 'livePart');
    assert.equal(count, pinned.length + 900 - older(900));
    assert.deepEqual(contexts.cache.unread, [{ start: 0, end: older(900) }]);
    assert.equal(contexts.cache.entries, 0);
  }));

  it('has one for each of two owners who take turns, as long as nothing is read in pauses', () => withContexts(async (contexts) => {
    const ask = async (owner: string, text: Int32Array) => {
      const reading = await contexts.read({ ...wanted(text), owner }, never, 'livePart');
      if (reading.pending.length > 0) await contexts.cache.append(reading.pending, 'last');
      return reading.read + reading.pending.length;
    };
    const texts = { a: noise(200, 7), b: noise(300, 8), c: noise(250, 9) };
    for (const owner of ['a', 'b'] as const) assert.ok(await ask(owner, texts[owner]) > 50);
    for (const owner of ['a', 'b', 'a'] as const) assert.equal(await ask(owner, texts[owner]), 1);
    assert.ok(await ask('c', texts.c) > 50, 'a third one takes the place of the one who asked longest ago');
    assert.equal(await ask('a', texts.a), 1);
    assert.ok(await ask('b', texts.a) > 50, 'the same text is read anew for another owner');
  }));

  it('forgets what was read for an owner who leaves, in both', () => withContexts(async (contexts) => {
    const reading = { ...wanted(noise(200)), owner: 'a' };
    await contexts.read(reading, never, 'livePart');
    await contexts.read({ ...reading, owner: 'b' }, never, 'livePart');
    contexts.forget('a');
    assert.equal(contexts.owner, 'b');
    assert.equal(contexts.continues(reading), false);
    contexts.forget('b');
    assert.equal(contexts.cache.text.length, 0);
  }));

  it('holds after a pause bit for bit what reading everything first gives', () => withContexts(async (whole) => withContexts(async (paused) => {
    const text = noise(900);
    const first = await read(whole, text, 'everything');
    await read(paused, text, 'livePart');
    await paused.prepare(wanted(text), never, unheard);
    assert.deepEqual(paused.cache.unread, []);
    assert.deepEqual(await contentOf(paused), await contentOf(whole));
    const again = await read(paused, text, 'livePart');
    assert.equal(again.read, 1);
    assert.deepEqual(again.logits, first.logits);
  })));

  it('reads what is typed meanwhile and nothing else, and goes on with the rest afterwards', () => withContexts(async (contexts) => {
    const text = noise(900);
    await read(contexts, text.slice(0, 880), 'livePart');
    const reached: number[] = [];
    for (let length = 880; length < 900; length++) {
      const controller = new AbortController();
      await assert.rejects(contexts.prepare(wanted(text.slice(0, length)), controller.signal, (count) => {
        reached.push(count);
        controller.abort();
      }));
      assert.equal((await read(contexts, text.slice(0, length + 1), 'livePart')).read, 1);
      assert.equal(contexts.cache.unread.length, 1);
    }
    assert.deepEqual(reached, Array.from({ length: 20 }, (_, i) => (i + 1) * tinyPlan.chunk));
    await contexts.prepare(wanted(text), never, unheard);
    await withContexts(async (whole) => {
      await read(whole, text, 'everything');
      assert.deepEqual((await read(contexts, text, 'livePart')).logits, (await read(whole, text, 'livePart')).logits);
    });
  }));

  it('has at a jump the memory of the nearest checkpoint before it', () => withContexts(async (contexts, store) => {
    const text = noise(900);
    await read(contexts, text, 'everything');
    const jumped = text.slice(0, 600);
    const checkpoint = store.covers(jumped.slice(0, older(600)));
    assert.ok(checkpoint > 0);
    assert.equal((await read(contexts, jumped, 'livePart')).read, pinned.length + 600 - older(600));
    assert.deepEqual(contexts.cache.unread, [{ start: checkpoint, end: older(600) }]);
    assert.equal(contexts.cache.entries, tinyPlan.entries);
    await contexts.prepare(wanted(jumped), never, unheard);
    assert.deepEqual(contexts.cache.unread, []);
  }));

  it('keeps at a jump forward the memory that it has, and leaves out only what lies between', () => withContexts(async (contexts) => {
    const text = noise(900);
    await read(contexts, text.slice(0, 300), 'everything');
    assert.equal((await read(contexts, text, 'livePart')).read, pinned.length + 900 - older(900));
    assert.deepEqual(contexts.cache.unread, [{ start: older(300), end: older(900) }]);
  }));

  it('reads again from the checkpoint before an edit that was made while it read', () => withContexts(async (contexts) => {
    const text = noise(900);
    await read(contexts, text, 'livePart');
    const controller = new AbortController();
    await assert.rejects(contexts.prepare(wanted(text), controller.signal, (count) => { if (count >= 640) controller.abort(); }));
    text[500] = 40;
    let first: number | undefined;
    await contexts.prepare(wanted(text), never, (count) => { first ??= count; });
    assert.ok(first !== undefined && first > tinyPlan.chunk && first <= 512 + tinyPlan.chunk, `${first}`);
    await withContexts(async (whole) => {
      const similarity = cosine((await read(whole, text, 'everything')).logits, (await read(contexts, text, 'livePart')).logits);
      assert.ok(similarity > 0.999, `cosine ${similarity}`);
    });
  }));

  it('takes up in a pause what is to be recalled by now', async () => {
    const segment = noise(60, 21);
    const memories = new SegmentMemories(4);
    const encoder = await SegmentEncoder.create(model().runtime);
    const recall = new Recall([{ key: segmentKey(segment), tokens: segment, prior: 0 }]);
    await withContexts(async (contexts) => {
      const text = noise(40);
      await read(contexts, text, 'livePart');
      memories.add(segmentKey(segment), await encoder.encode(segment, never));
      assert.equal((await read(contexts, text, 'livePart', recall)).read, 1);
      assert.equal(contexts.cache.entries, 0);
      await contexts.prepare(wanted(text, recall), never, unheard);
      assert.equal((await read(contexts, text, 'livePart', recall)).read, 1);
      assert.equal(contexts.cache.entries, tinyPlan.entries);
    }, memories);
    encoder.dispose();
  });

  it('reads everything first where that is asked for, whatever was answered before', () => withContexts(async (asked) => withContexts(async (whole) => {
    const text = noise(900);
    await read(asked, text, 'livePart');
    assert.deepEqual((await read(asked, text, 'everything')).logits, (await read(whole, text, 'everything')).logits);
    assert.deepEqual(asked.cache.unread, []);
  })));
});
