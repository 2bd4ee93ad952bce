import assert from 'node:assert/strict';
import { cp, readFile, realpath, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { Engine } from '../../src/engine/engine';
import { defaultDoNotRead } from '../../src/protocol';
import { missingModelFiles } from '../fixtures/shippedModel';
import { temporaryDirectory, type TemporaryDirectory } from '../fixtures/temporaryDirectory';
import { realModelRequest } from './realModel';

const demo = fileURLToPath(new URL('../fixtures/workspaces/demo', import.meta.url));
const called = '\n/** The items that must be ordered again. */\nexport function orderList(inventory: Inventory): string {\n  return inventory.';

describe('a completion that calls what another file declares, with the real model', function () {
  this.timeout(120_000);
  let directory: TemporaryDirectory | undefined;
  let engine: Engine;
  let uri: string;
  let offset: number;

  before(async function () {
    const missing = await missingModelFiles();
    if (missing.length > 0) {
      console.log(`      skipped: the model is not whole, ${missing.join(', ')} missing`);
      this.skip();
    }
    directory = await temporaryDirectory();
    const root = join(await realpath(directory.path), 'demo');
    await cp(demo, root, { recursive: true });
    const file = join(root, 'src/report.ts');
    const text = await readFile(file, 'utf8') + called;
    await writeFile(file, text);
    const workspace = { folders: [{ folder: root, doNotRead: defaultDoNotRead }] };
    engine = await Engine.load({ ...realModelRequest(directory.path), workspace }, { progress: () => undefined, log: () => undefined });
    uri = pathToFileURL(file).href;
    offset = text.length;
    engine.documents.open({ uri, path: 'src/report.ts', languageId: 'typescript', version: 1, text });
  });
  after(async () => {
    // Nothing was loaded where the suite is skipped.
    if (directory !== undefined) await engine.dispose();
    await directory?.remove();
  });

  const complete = () => engine.complete({
    uri, version: 1, offset, maxTokens: 16, extent: 'line', sampling: { temperature: 0, topP: 1 }, speculation: true,
  }, new AbortController().signal);

  it('recalls the segment with the called signature, in the same bytes', async () => {
    const alone = await complete();
    assert.equal(alone.memory.entries, 0);
    const chosen = await engine.prepare({ uri, offset }, 8, new AbortController().signal, { reading: () => undefined, encoding: () => undefined });
    const inventory = chosen.find(({ path }) => path === 'src/inventory.ts');
    assert.ok(inventory?.why?.declares.includes('Inventory'), JSON.stringify(chosen.map(({ path }) => path)));
    const continued = await complete();
    assert.equal(continued.memory.entries, 0, 'a live part that can be continued is not read again');
    await engine.complete({ uri, version: 1, offset: 0, maxTokens: 1, extent: 'line', sampling: { temperature: 0, topP: 1 }, speculation: true }, new AbortController().signal);
    const recalled = await complete();
    assert.ok(recalled.memory.entries > 0);
    assert.equal(recalled.memory.keyValueBytes, alone.memory.keyValueBytes);
    assert.equal(recalled.memory.keyValueBytes, engine.info.memory.keyValueBytes);
    assert.equal(recalled.outcome.kind, 'completed');
  });
});
