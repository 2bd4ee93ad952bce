import assert from 'node:assert/strict';
import { methods, type CompletionResult, type EngineInfo } from '../../src/protocol';
import { untilEnded } from '../fixtures/processes';
import { temporaryDirectory } from '../fixtures/temporaryDirectory';
import { writeTinyPack } from '../fixtures/tinyPack';
import { EngineProcess } from './engineProcess';
import { tinyRequest } from './tinyEngine';

const text = 'const total = 1;\n'.repeat(2000);
const document = { uri: 'file:///a.ts', path: 'a.ts', languageId: 'typescript', version: 1, text };
const request = { uri: document.uri, version: 1, offset: text.length, maxTokens: 400, extent: 'block', sampling: { temperature: 0, topP: 1 }, speculation: true };

describe('kill: an engine that was killed leaves nothing behind that hinders the next', function () {
  this.timeout(60_000);

  it('in the middle of a request', async () => {
    const directory = await temporaryDirectory();
    await writeTinyPack(directory.path);
    {
      await using first = new EngineProcess();
      await first.connection.sendRequest<EngineInfo>(methods.initialize, tinyRequest(directory.path));
      await first.connection.sendNotification(methods.openDocument, document);
      const lost = first.connection.sendRequest(methods.complete, request).then(() => 'answered', () => 'lost');
      await new Promise((resolve) => setTimeout(resolve, 100));
      first.process.kill('SIGKILL');
      await untilEnded(first.pid);
      first.connection.dispose();
      assert.equal(await lost, 'lost');
    }
    await using second = new EngineProcess();
    await second.connection.sendRequest<EngineInfo>(methods.initialize, tinyRequest(directory.path));
    await second.connection.sendNotification(methods.openDocument, document);
    const result = await second.connection.sendRequest<CompletionResult>(methods.complete, { ...request, maxTokens: 4 });
    assert.notEqual(result.outcome.kind, 'cancelled');
    assert.ok(result.tokens.read > 1000);
    await directory.remove();
  });
});
