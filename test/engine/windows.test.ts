import assert from 'node:assert/strict';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { CancellationTokenSource, type CancellationToken, type MessageConnection } from 'vscode-jsonrpc/node';
import { defaultDoNotRead, methods, type AnswerResult, type CompletionRequest, type CompletionResult, type EngineInfo, type InitializeRequest, type MemoryView } from '../../src/protocol';
import { withTree, type Tree } from '../unit/workspace/tree';
import { recordFedTokens } from './fedTokens';
import { HostedEngine } from './hostedEngine';
import { tinyRequest, useTinyPack } from './tinyEngine';

const uri = 'file:///same.ts';
const code = Array.from({ length: 60 }, (_, i) => `export const value${i} = compute(${i});`).join('\n');

describe('windows that share an engine', () => {
  const pack = useTinyPack();

  async function withEngine(use: (engine: HostedEngine) => Promise<void>): Promise<void> {
    const engine = new HostedEngine(true);
    try {
      await use(engine);
    } finally {
      await engine.close();
    }
  }

  async function joined(engine: HostedEngine, more: Partial<InitializeRequest> = {}): Promise<MessageConnection> {
    const window = engine.connect();
    await window.sendRequest<EngineInfo>(methods.initialize, { ...tinyRequest(pack.path), storeBudgetMegabytes: 0, ...more });
    return window;
  }

  const open = (window: MessageConnection, text: string, name = uri) => window.sendNotification(methods.openDocument, { uri: name, path: 'same.ts', languageId: 'typescript', version: 1, text });
  const complete = (window: MessageConnection, offset: number, more: Partial<CompletionRequest> = {}, token?: CancellationToken) => {
    const request = { uri, version: 1, offset, maxTokens: 8, extent: 'block', sampling: { temperature: 0, topP: 1 }, speculation: true, ...more };
    return token === undefined ? window.sendRequest<CompletionResult>(methods.complete, request) : window.sendRequest<CompletionResult>(methods.complete, request, token);
  };
  const isAnswer = ({ outcome }: CompletionResult) => ['completed', 'empty', 'filtered'].includes(outcome.kind);

  it('have documents of their own, also of the same name, and answers as if each were alone', () => withEngine(async (engine) => {
    const texts = [code, `// another\n${code}`, ''];
    const alone: CompletionResult[] = [];
    for (const text of texts) {
      const own = new HostedEngine();
      const window = await joined(own);
      await open(window, text);
      alone.push(await complete(window, text.length));
      await own.close();
    }
    const windows = await Promise.all(texts.map(() => joined(engine)));
    await Promise.all(windows.map((window, i) => open(window, texts[i])));
    for (let round = 0; round < 2; round++) {
      const answers = await Promise.all(windows.map((window, i) => complete(window, texts[i].length)));
      assert.deepEqual(answers.map(({ text, outcome }) => ({ text, outcome })), alone.map(({ text, outcome }) => ({ text, outcome })));
    }
  }));

  it('do not see in the memory what another window read', () => withEngine(async (engine) => {
    const [first, second] = [await joined(engine), await joined(engine)];
    await open(first, code);
    await open(second, code);
    assert.ok(isAnswer(await complete(first, code.length)));
    const view = (window: MessageConnection) => window.sendRequest<MemoryView>(methods.memoryView, { uris: [uri] });
    assert.ok((await view(first)).documents[0].lines.length > 0);
    assert.deepEqual((await view(second)).documents[0].lines, []);
    assert.ok((await complete(second, code.length)).tokens.read > 100, 'the same text is read anew for another window');
    assert.deepEqual((await view(first)).documents[0].lines, []);
  }));

  it('recall, are told and answer nothing of what only another may read', () => withTree({
    'main.ts': 'import { area } from "./secret";\n\nconst size = area(\nconst other = area(\n',
    'secret.ts': 'export function area(width: number) {\n  return "HIDDEN" + width;\n}\n',
    'open.ts': 'export function area(height: number) {\n  return "VISIBLE" + height;\n}\n',
  } satisfies Tree, async (root) => {
    const main = pathToFileURL(join(root, 'main.ts')).href;
    const text = 'import { area } from "./secret";\n\nconst size = area(\nconst other = area(\n';
    const at = (line: string) => ({ uri: main, offset: text.indexOf(line) + line.length, maxTokens: 2 });
    /** Two completions in the folder with a pause between, in which it is read. */
    const work = async (engine: HostedEngine, doNotRead: readonly string[]) => {
      const window = await joined(engine, { workspace: { folders: [{ folder: root, doNotRead }] } });
      await open(window, text, main);
      await complete(window, 0, at('size = area('));
      await wait(2000);
      const result = await complete(window, 0, at('other = area('));
      return { window, result, paths: result.remembered?.map(({ path }) => path).sort() };
    };
    const strict = [...defaultDoNotRead, 'secret.ts'];
    const ask = (window: MessageConnection) => window.sendRequest<AnswerResult>(methods.ask, {
      id: 'q', question: 'What does area return?', history: [], mentions: [], open: [], maxTokens: 8, sampling: { temperature: 0, topP: 1 }, encode: 4,
    });
    const lone = new HostedEngine();
    const expected = (await work(lone, strict)).result;
    await lone.close();
    await withEngine(async (engine) => {
      const allowed = await work(engine, []);
      assert.deepEqual(allowed.paths, ['open.ts', 'secret.ts']);
      assert.ok((await ask(allowed.window)).sources.some(({ path }) => path === 'secret.ts'));
      const fed = recordFedTokens();
      try {
        const forbidden = await work(engine, strict);
        assert.deepEqual(forbidden.paths, ['open.ts']);
        assert.deepEqual([forbidden.result.text, forbidden.result.outcome, forbidden.result.remembered], [expected.text, expected.outcome, expected.remembered]);
        const { sources, text: said } = await ask(forbidden.window);
        assert.deepEqual(sources.map(({ path }) => path).sort(), ['main.ts', 'open.ts']);
        assert.ok(!said.includes('HIDDEN'), said);
        const view = await forbidden.window.sendRequest<MemoryView>(methods.memoryView, { uris: [main] });
        assert.deepEqual(view.segments.map(({ path }) => path), ['open.ts']);
      } finally {
        fed.restore();
      }
      const read = await fed.text(pack.path);
      assert.ok(!read.includes('HIDDEN'), read);
    });
  })).timeout(60_000);

  it('go on when another cancels, leaves in the middle of a request, or asks nonsense', () => withEngine(async (engine) => {
    const [steady, cancelling, leaving] = [await joined(engine), await joined(engine), await joined(engine)];
    for (const window of [steady, cancelling, leaving]) await open(window, code);
    const source = new CancellationTokenSource();
    const cancelled = complete(cancelling, code.length, { maxTokens: 400 }, source.token);
    const lost = complete(leaving, code.length, { maxTokens: 400 }).then(() => 'answered', () => 'lost');
    const answer = complete(steady, code.length);
    source.cancel();
    await engine.disconnect(leaving);
    assert.equal((await cancelled).outcome.kind, 'cancelled');
    assert.equal(await lost, 'lost');
    assert.ok(isAnswer(await answer));
    await assert.rejects(cancelling.sendRequest('nonsense', { offset: NaN }));
    await cancelling.sendNotification(methods.changeDocument, { uri, version: 2, edits: 3 });
    await cancelling.sendNotification(methods.openDocument, {});
    await cancelling.sendRequest(methods.complete, {}).catch(() => undefined);
    await assert.rejects(cancelling.sendRequest(methods.summarize, { id: 'x', path: 3 }));
    await cancelling.sendNotification(methods.changeDocument, { uri, version: 2, edits: [{ offset: -5, deleteLength: 1e9, insert: 'x' }] });
    assert.equal((await complete(cancelling, 3, { version: 2 })).outcome.kind, 'unreadable');
    assert.ok(isAnswer(await complete(steady, code.length)));
  }));

  it('leave nothing behind: what a window read is forgotten when it goes', () => withEngine(async (engine) => {
    const [going, staying] = [await joined(engine), await joined(engine)];
    await open(going, code);
    await complete(going, code.length);
    await engine.disconnect(going);
    const again = await joined(engine);
    await open(again, code);
    assert.equal((await complete(again, code.length)).tokens.reused, 0);
    await open(staying, code);
    assert.ok(isAnswer(await complete(staying, code.length)));
  }));

  it('refuse to share a model with other settings', () => withEngine(async (engine) => {
    await joined(engine);
    await assert.rejects(joined(engine, { threads: 2 }), /other settings/);
  }));

  it('wait for one step of an answer that another is given', () => withEngine(async (engine) => {
    const [asking, typing] = [await joined(engine), await joined(engine)];
    await open(typing, code);
    let settled = false;
    const long = asking.sendRequest<AnswerResult>(methods.chat, {
      id: 'c', messages: [{ role: 'user', text: code.repeat(6) }], maxTokens: 200, sampling: { temperature: 0, topP: 1 },
    }).then((result) => { settled = true; return result; });
    await wait(50);
    assert.ok(isAnswer(await complete(typing, code.length)));
    assert.equal(settled, false);
    assert.equal((await long).outcome.kind, 'answered');
  }));
});
