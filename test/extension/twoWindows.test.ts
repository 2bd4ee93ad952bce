import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CancellationToken } from 'vscode-jsonrpc/node';
import { createEngineClient, type EngineClient } from '../../src/client';
import { protocolVersion } from '../../src/protocol';
import { extension } from './support/extension';
import { TinyModel } from './support/models';

/** What a second window shares with the first is the engine, and the cache folder. */
describe('two windows', () => {
  const model = new TinyModel();
  const clients: EngineClient[] = [];
  let cacheDirectory: string;

  before(async () => {
    cacheDirectory = await mkdtemp(join(tmpdir(), 'sparsek-two-windows-'));
    const { extensionPath } = await extension();
    const initialize = { protocolVersion, modelDirectory: await model.write(), cacheDirectory, memoryBudgetMegabytes: 100, threads: 1 };
    const log = { trace: ignore, debug: ignore, info: ignore, warn: ignore, error: (message: string) => console.error(message) };
    for (let window = 0; window < 2; window++) {
      clients.push(createEngineClient(extensionPath, join(extensionPath, 'dist', 'engine.cjs'), () => ({ node: '', initialize, share: true }), log));
    }
  });

  after(async () => {
    for (const client of clients) client.dispose();
    await model.dispose();
    await rm(cacheDirectory, { recursive: true, force: true });
  });

  it('complete the same document alike, started and asked at once', async () => {
    const document = { uri: 'file:///shared.ts', path: 'shared.ts', languageId: 'typescript', version: 1, text: () => 'const shared = ' };
    const parameters = { version: 1, offset: 15, maxTokens: 8, extent: 'line', sampling: { temperature: 0, topP: 1 }, speculation: true } as const;
    const results = await Promise.all(clients.map((client) => client.complete(document, parameters, CancellationToken.None)));
    const [first, second] = results;
    assert.ok(first.tokens.read > 0, first.outcome.kind);
    assert.deepEqual([second.text, second.outcome, second.tokens], [first.text, first.outcome, first.tokens]);
    assert.equal(new Set(clients.map(({ processId }) => processId)).size, 1, 'one engine');
  });

  it('leave no half-written file in the folder they share', async () => {
    for (const file of await readdir(cacheDirectory)) assert.match(file, /^[\w-]+\.json$/);
  });
});

function ignore(): void {
  // What goes well is not printed.
}
