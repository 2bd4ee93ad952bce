import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Engine } from '../../src/engine/engine';
import type { DocumentReading, InitializeRequest } from '../../src/protocol';
import { missingModelFiles } from '../fixtures/shippedModel';
import { temporaryDirectory, type TemporaryDirectory } from '../fixtures/temporaryDirectory';
import { Editor } from './editor';
import { realModelRequest } from './realModel';
import { tinyRequest, useTinyPack } from './tinyEngine';

const never = new AbortController().signal;
const atOnce = { readFirst: 'livePart', maxTokens: 4 } as const;
const unheard = () => undefined;
const source = readFileSync(fileURLToPath(new URL('../../src/engine/documents/document.ts', import.meta.url)), 'utf8');

async function withEngine(request: InitializeRequest, use: (engine: Engine) => Promise<void>): Promise<void> {
  const engine = await Engine.load(request, { progress: unheard, log: unheard });
  await use(engine);
  await engine.dispose();
}

/** @param copies of a source file that make a file longer than memory and window */
function readsAhead(request: () => InitializeRequest, copies: number): void {
  const text = source.repeat(copies);
  const cursor = text.indexOf('\n', text.length * 0.9);

  it('is answered at first from the text around the cursor, and the answer says which lines were not read', () => withEngine(request(), async (engine) => {
    const editor = new Editor(engine, text, cursor);
    const { tokens, unread, memory } = await editor.complete(atOnce);
    const { window } = engine.info.memory;
    // Suffix and markers, W to W + C - 1 tokens before the cursor, those that are spelled again.
    assert.ok(tokens.read <= window / 2 + 3 + window * 1.5 + 3, `${tokens.read} tokens were read`);
    assert.equal(memory.entries, 0);
    assert.equal(unread?.firstLine, 1);
    const lines = text.slice(0, cursor).split('\n').length;
    assert.ok(unread.lastLine > lines / 2 && unread.lastLine < lines, `${unread.lastLine} of ${lines}`);
    assert.equal(tokens.reused, 0);
  }));

  it('is read in a pause, and then answered as if all of it had been read first', async () => {
    const answers: string[] = [];
    await withEngine(request(), async (engine) => {
      const editor = new Editor(engine, text, cursor);
      await editor.complete(atOnce);
      const reading: DocumentReading[] = [];
      assert.ok(await engine.readAhead(editor.place, never, (progress) => reading.push(progress)));
      const last = reading[reading.length - 1];
      assert.equal(last.read, last.tokens);
      assert.equal(reading.filter(({ read, tokens }) => read === tokens).length, 1);
      const { unread, tokens, memory, text: answer } = await editor.complete({ ...atOnce, maxTokens: 24 });
      assert.equal(unread, undefined);
      assert.ok(tokens.read <= 4, `${tokens.read} tokens were read`);
      assert.equal(memory.keyValueBytes, engine.info.memory.keyValueBytes);
      answers.push(answer);
    });
    await withEngine(request(), async (engine) => {
      const { unread, text: answer } = await new Editor(engine, text, cursor).complete({ readFirst: 'everything' });
      assert.equal(unread, undefined);
      answers.push(answer);
    });
    assert.equal(answers[0], answers[1]);
  });

  it('costs a keystroke at most 4 tokens, before, during and after the reading', () => withEngine(request(), async (engine) => {
    const editor = new Editor(engine, text, cursor);
    await editor.complete(atOnce);
    const typed: number[] = [];
    for (const character of 'const rest = this') {
      editor.type(character);
      // In the middle of a chunk, after one, at the end.
      const pause = new AbortController();
      await engine.readAhead(editor.place, pause.signal, () => { if (typed.length < 12) pause.abort(); }).catch(unheard);
      typed.push((await editor.complete(atOnce)).tokens.read);
    }
    assert.ok(Math.max(...typed) <= 4, typed.join(', '));
    assert.equal((await editor.complete(atOnce)).unread, undefined);
  }));

  it('gives way to a request, and goes on afterwards', () => withEngine(request(), async (engine) => {
    const editor = new Editor(engine, text, cursor);
    await editor.complete(atOnce);
    const reading = engine.readAhead(editor.place, never, unheard);
    const answer = await editor.complete(atOnce);
    assert.equal(await reading, false);
    assert.ok(answer.unread !== undefined && answer.tokens.read <= 4);
    assert.ok(await engine.readAhead(editor.place, never, unheard));
    assert.equal((await editor.complete(atOnce)).unread, undefined);
  }));

  it('is read again from before an edit that was made meanwhile', () => withEngine(request(), async (engine) => {
    const editor = new Editor(engine, text, cursor);
    await editor.complete(atOnce);
    const pause = new AbortController();
    const chunk = engine.info.memory.window / 2;
    await assert.rejects(engine.readAhead(editor.place, pause.signal, ({ read }) => { if (read >= 2 * chunk) pause.abort(); }));
    const edit = text.indexOf('\n', 100);
    editor.replace(edit, 0, '// one more line');
    editor.cursor += '// one more line'.length;
    const first: number[] = [];
    assert.ok(await engine.readAhead(editor.place, never, ({ read }) => first.push(read)));
    assert.equal(first[0], chunk);
    assert.equal((await editor.complete(atOnce)).unread, undefined);
  }));

  it('does not keep the engine from ending', async () => {
    const engine = await Engine.load(request(), { progress: unheard, log: unheard });
    const editor = new Editor(engine, text, cursor);
    await editor.complete(atOnce);
    const reading = engine.readAhead(editor.place, never, unheard);
    await engine.dispose();
    assert.equal(await reading, false);
  });

  it('is not read when it was closed', () => withEngine(request(), async (engine) => {
    const editor = new Editor(engine, text, cursor);
    await editor.complete(atOnce);
    editor.close();
    assert.ok(await engine.readAhead(editor.place, never, () => assert.fail('It was read.')));
  }));
}

describe('a long file', function () {
  this.timeout(300_000);

  for (const [kind, options] of [['', {}], [' whose layers have shares of the memory of their own', { layerShares: [0.5, 1.5] }]] as const) {
    describe(`with a tiny model${kind}`, () => {
      const pack = useTinyPack(options);
      readsAhead(() => tinyRequest(pack.path), 1);
    });
  }

  describe('with the real model', () => {
    let directory: TemporaryDirectory | undefined;
    before(async function () {
      const missing = await missingModelFiles();
      if (missing.length > 0) {
        console.log(`      skipped: the model is not whole, ${missing.join(', ')} missing`);
        this.skip();
      }
      directory = await temporaryDirectory();
    });
    after(() => directory?.remove());
    readsAhead(() => realModelRequest(directory?.path ?? ''), 2);
  });
});
