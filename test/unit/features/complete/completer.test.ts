import assert from 'node:assert/strict';
import { CancellationToken, CancellationTokenSource, Emitter } from 'vscode-jsonrpc/node';
import { silentResult, type CompletionParameters, type EngineClient, type EngineState, type LiveDocument } from '../../../../src/client';
import { Completer, type Query } from '../../../../src/features/complete/completer';
import { DoNotRead } from '../../../../src/features/complete/doNotRead';
import { CompletionHistory } from '../../../../src/features/complete/history';
import type { CompletionResult, DocumentReading } from '../../../../src/protocol';
import { MemoryLog } from '../../client/memoryLog';

/** Stands where the engine's client stands, and answers when the test says so. */
class ScriptedClient implements EngineClient {
  readonly state: EngineState = { kind: 'stopped' };
  readonly onDidChangeState = new Emitter<EngineState>().event;
  readonly onDidReadDocument = new Emitter<DocumentReading>().event;
  readonly onDidReadWorkspace = new Emitter<void>().event;
  readonly workspace = [];
  readonly processId = undefined;
  readonly heldDocuments = [];
  readonly asked: { parameters: CompletionParameters; token: CancellationToken }[] = [];
  readonly closed: string[] = [];
  answer: (parameters: CompletionParameters) => Promise<CompletionResult> = () => Promise.resolve(silentResult({ kind: 'empty' }));

  complete(_: LiveDocument, parameters: CompletionParameters, token: CancellationToken): Promise<CompletionResult> {
    this.asked.push({ parameters, token });
    return this.answer(parameters);
  }

  closeDocument(uri: string): void {
    this.closed.push(uri);
  }

  start(): void {}
  renew(): void {
    throw new Error('not asked for');
  }

  pauseReading(): void {}
  restart(): void {}
  stop(): void {}
  changeDocument(): void {}
  closeAllDocuments(): void {}
  workspaceChanged(): void {}
  attend(): void {}
  workspaceReport(): Promise<undefined> {
    return Promise.resolve(undefined);
  }
  memoryView(): Promise<undefined> {
    return Promise.resolve(undefined);
  }
  dispose(): void {}
}

describe('completer', () => {
  const uri = 'file:///a/b.ts';
  let client: ScriptedClient;
  let history: CompletionHistory;
  let completer: Completer;

  beforeEach(() => {
    client = new ScriptedClient();
    history = new CompletionHistory();
    completer = new Completer(client, history, new MemoryLog());
  });

  const suggest = (text: string) => () => Promise.resolve({ ...silentResult({ kind: 'completed' }), text });

  function query(offset: number, differing: Partial<Query> = {}): Query {
    return {
      document: { uri, path: 'b.ts', languageId: 'typescript', version: 1, text: () => '' },
      place: { scheme: 'file', paths: ['/a/b.ts'], languageId: 'typescript', isWritable: true, cursors: 1, characters: 0 },
      settings: { enable: true, languages: {}, doNotRead: new DoNotRead(['.env']) },
      offset,
      line: 1,
      mustStartWith: '',
      request: { maxTokens: 16, extent: 'line', speculation: true },
      debounceMilliseconds: 0,
      lineEnding: '\n',
      ...differing,
    };
  }

  it('asks the model greedily and hands on its answer', async () => {
    client.answer = suggest('total');
    assert.deepEqual(await completer.complete(query(3), CancellationToken.None), { text: 'total', replaces: 0 });
    assert.deepEqual(client.asked[0]?.parameters.sampling, { temperature: 0, topP: 1 });
    assert.equal(history.last?.result.outcome.kind, 'completed');
  });

  it('keeps no text of a completion in the history', async () => {
    client.answer = suggest('total');
    await completer.complete(query(3), CancellationToken.None);
    assert.equal(history.last?.result.text, '');
  });

  it('does not ask the model while the typed text agrees with what is shown', async () => {
    client.answer = suggest('total');
    await completer.complete(query(3), CancellationToken.None);
    completer.documentEdited(uri, [{ offset: 3, deleteLength: 0, insert: 'to' }]);
    assert.deepEqual(await completer.complete(query(5), CancellationToken.None), { text: 'tal', replaces: 0 });
    assert.equal(client.asked.length, 1);
    assert.equal(history.requests, 1);
  });

  it('asks again when it differs', async () => {
    client.answer = suggest('total');
    await completer.complete(query(3), CancellationToken.None);
    completer.documentEdited(uri, [{ offset: 3, deleteLength: 0, insert: 'x' }]);
    await completer.complete(query(4), CancellationToken.None);
    assert.equal(client.asked.length, 2);
  });

  it('asks again when the settings changed', async () => {
    client.answer = suggest('total');
    await completer.complete(query(3), CancellationToken.None);
    completer.forget();
    await completer.complete(query(3), CancellationToken.None);
    assert.equal(client.asked.length, 2);
  });

  it('asks nothing in a file that must not be read, and takes back what the engine held of it', async () => {
    const place = { ...query(0).place, paths: ['/a/.env'] };
    assert.equal(await completer.complete(query(0, { place }), CancellationToken.None), undefined);
    assert.equal(client.asked.length, 0);
    assert.deepEqual(client.closed, [uri]);
    assert.equal(history.last?.result.outcome.kind, 'disabled');
  });

  it('leaves the engine what it holds while there are several cursors', async () => {
    const place = { ...query(0).place, cursors: 2 };
    assert.equal(await completer.complete(query(0, { place }), CancellationToken.None), undefined);
    assert.equal(client.asked.length, 0);
    assert.deepEqual(client.closed, []);
  });

  it('is cancelled by an edit of its document, before the editor says so', async () => {
    let release: (result: CompletionResult) => void = () => undefined;
    client.answer = () => new Promise((resolve) => (release = resolve));
    const answer = completer.complete(query(3), CancellationToken.None);
    await new Promise(setImmediate);
    completer.documentEdited('file:///other.ts', []);
    assert.equal(client.asked[0]?.token.isCancellationRequested, false);
    completer.documentEdited(uri, [{ offset: 3, deleteLength: 0, insert: 'x' }]);
    assert.equal(client.asked[0]?.token.isCancellationRequested, true);
    release(silentResult({ kind: 'cancelled' }));
    assert.equal(await answer, undefined);
    assert.equal(history.cancelledSince, 1);
  });

  it('is cancelled by the next question', async () => {
    client.answer = () => new Promise(() => undefined);
    void completer.complete(query(3), CancellationToken.None);
    await new Promise(setImmediate);
    client.answer = suggest('total');
    await completer.complete(query(3), CancellationToken.None);
    assert.equal(client.asked[0]?.token.isCancellationRequested, true);
  });

  it('does not come to the model when it is cancelled within the debounce', async () => {
    const source = new CancellationTokenSource();
    const answer = completer.complete(query(3, { debounceMilliseconds: 60_000 }), source.token);
    source.cancel();
    assert.equal(await answer, undefined);
    assert.equal(client.asked.length, 0);
  });

  it('continues what the suggest widget has selected', async () => {
    client.answer = suggest('sole.log()');
    assert.equal((await completer.complete(query(3, { mustStartWith: 'sole' }), CancellationToken.None))?.text, 'sole.log()');
    assert.equal(client.asked[0]?.parameters.mustStartWith, 'sole');
  });

  it('is silent when the answer does not continue what is selected', async () => {
    client.answer = suggest('other');
    assert.equal(await completer.complete(query(3, { mustStartWith: 'sole' }), CancellationToken.None), undefined);
  });

  it('is silent when nothing can continue what is selected, and says why', async () => {
    assert.equal(await completer.complete(query(3, { mustStartWith: undefined }), CancellationToken.None), undefined);
    assert.equal(client.asked.length, 0);
    assert.deepEqual(history.last?.result.outcome, { kind: 'filtered', rule: 'suggest-widget' });
  });

  it('writes the line endings of the document', async () => {
    client.answer = suggest('a\nb');
    assert.equal((await completer.complete(query(3, { lineEnding: '\r\n' }), CancellationToken.None))?.text, 'a\r\nb');
  });
});
