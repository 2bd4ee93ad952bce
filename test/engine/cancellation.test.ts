import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { CancellationTokenSource } from 'vscode-jsonrpc/node';
import { methods, type CompletionResult, type EngineInfo } from '../../src/protocol';
import { missingModelFiles } from '../fixtures/shippedModel';
import { temporaryDirectory, type TemporaryDirectory } from '../fixtures/temporaryDirectory';
import { EngineProcess } from './engineProcess';
import { realModelRequest } from './realModel';

describe('cancellation reaches the engine between two runs', function () {
  this.timeout(180_000);
  let engine: EngineProcess | undefined;
  let cache: TemporaryDirectory | undefined;

  before(async function () {
    const missing = await missingModelFiles();
    if (missing.length > 0) {
      console.log(`      skipped: the model is not whole, ${missing.join(', ')} missing`);
      this.skip();
    }
    cache = await temporaryDirectory();
    engine = new EngineProcess();
    await engine.connection.sendRequest<EngineInfo>(methods.initialize, realModelRequest(cache.path));
  });
  after(async () => {
    await engine?.[Symbol.asyncDispose]();
    await cache?.remove();
  });

  const text = readFileSync(fileURLToPath(new URL('../../src/engine/memory/boundedCache.ts', import.meta.url)), 'utf8');
  const request = (offset: number, maxTokens: number) => ({
    uri: 'file:///a.ts', version: 1, offset, maxTokens, extent: 'block', sampling: { temperature: 1, topP: 1, seed: 1 }, speculation: false,
  });

  /** What was cancelled wanted 2,000 tokens: an answer before them shows that it stopped. */
  async function cancelAfter(milliseconds: number, offset: number): Promise<void> {
    assert.ok(engine);
    const source = new CancellationTokenSource();
    const answer = engine.connection.sendRequest<CompletionResult>(methods.complete, request(offset, 2000), source.token);
    await new Promise((resolve) => setTimeout(resolve, milliseconds));
    const cancelled = performance.now();
    source.cancel();
    assert.equal((await answer).outcome.kind, 'cancelled');
    console.log(`      ended ${(performance.now() - cancelled).toFixed(0)} ms after it was cancelled`);
  }

  it('mid-prefill, and what was read until then is kept', async () => {
    assert.ok(engine);
    await engine.connection.sendNotification(methods.openDocument, { uri: 'file:///a.ts', path: 'a.ts', languageId: 'typescript', version: 1, text });
    // A quick machine is in the middle of reading after the first, one that is busy with other things after the last.
    for (const milliseconds of [1500, 3000, 6000]) await cancelAfter(milliseconds, text.length);
    const whole = await engine.connection.sendRequest<CompletionResult>(methods.complete, request(text.length, 1));
    assert.ok(whole.tokens.reused > 0, JSON.stringify(whole.tokens));
  });

  it('mid-decode', async () => {
    await cancelAfter(600, text.length);
  });

  it('by a newer request for the same document', async () => {
    assert.ok(engine);
    const older = engine.connection.sendRequest<CompletionResult>(methods.complete, request(text.length, 2000));
    const newer = engine.connection.sendRequest<CompletionResult>(methods.complete, request(text.length, 2));
    assert.equal((await older).outcome.kind, 'cancelled');
    assert.notEqual((await newer).outcome.kind, 'cancelled');
  });
});
