import assert from 'node:assert/strict';
import { PassThrough, Writable } from 'node:stream';
import { CancellationToken } from 'vscode-jsonrpc/node';
import type { EngineRun } from '../../../src/client/engineRun';
import { EngineEndedError } from '../../../src/client/problem';
import { EngineSession } from '../../../src/client/session';
import { protocolVersion } from '../../../src/protocol';
import { MemoryLog } from './memoryLog';

/** An engine that can be written to no more. */
class GoneEngine implements EngineRun {
  readonly isShared = true;
  readonly pid = undefined;
  readonly output = new PassThrough();
  readonly input: Writable;
  readonly ended: Promise<string>;
  #end: () => void = () => undefined;

  /** @param input is given what closes the pipes, a moment before it is known that the process is gone */
  constructor(input: (close: () => void) => Writable) {
    this.ended = new Promise((resolve) => { this.#end = () => resolve('was ended by SIGKILL'); });
    this.input = input(() => {
      this.output.end();
      setTimeout(() => this.#end(), 5);
    }).on('error', () => undefined);
  }

  dispose(): void {
    this.#end();
  }

  kill(): void {
    this.#end();
  }
}

/** Killed when the head of its last message has gone out and the rest is to follow: the pipe fails before it is closed. */
function killedAfter(messages: number): GoneEngine {
  let left = messages;
  return new GoneEngine((close) => {
    const input: Writable = new Writable({
      write: (chunk: Buffer, _, written) => {
        written();
        if (String(chunk).startsWith('Content-Length') && --left === 0) input.destroy();
      },
      destroy: (_, done) => setTimeout(() => {
        done(null);
        close();
      }, 20),
    });
    return input;
  });
}

describe('engine session', () => {
  const initialize = { protocolVersion, modelDirectory: '/nowhere', cacheDirectory: '/nowhere', memoryBudgetMegabytes: 1, threads: 1 };
  const document = { uri: 'file:///a.ts', path: 'a.ts', languageId: 'typescript', version: 1, text: () => 'let a = ' };
  const parameters = { version: 1, offset: 8, maxTokens: 8, extent: 'line', sampling: { temperature: 0, topP: 1 }, speculation: true } as const;
  /** initialize, openDocument, complete */
  const openingAndRequest = 3;

  it('says that the engine ended when it is killed while a request is written to it', async () => {
    const log = new MemoryLog();
    const session = new EngineSession(killedAfter(openingAndRequest), initialize, log);
    const { outcome } = await session.complete(document, parameters, CancellationToken.None);
    assert.deepEqual(outcome, { kind: 'not-ready', reason: 'The engine ended during the request.' });
    assert.deepEqual(log.lines.filter((line) => line.startsWith('error')), []);
  });

  it('takes an engine that is killed while it is greeted for one that crashed, which is tried again', async () => {
    const session = new EngineSession(killedAfter(1), initialize, new MemoryLog());
    await assert.rejects(session.ready, EngineEndedError);
    assert.deepEqual(await session.ended, { how: 'was ended by SIGKILL' });
  });

  it('ends an engine that cannot be written to and does not close either', async () => {
    const engine = new GoneEngine(() => new Writable({ write: (_, __, written) => written(new Error('This pipe is stuck.')), autoDestroy: false, emitClose: false }));
    const session = new EngineSession(engine, initialize, new MemoryLog());
    const { outcome } = await session.complete(document, parameters, CancellationToken.None);
    assert.deepEqual(outcome, { kind: 'not-ready', reason: 'The engine ended during the request.' });
  });
});
