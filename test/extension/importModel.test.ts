import assert from 'node:assert/strict';
import { readdir, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import * as vscode from 'vscode';
import { closeAll, openFile } from './support/editor';
import { complete, diagnostics, untilEngineIs } from './support/extension';
import { TinyModel } from './support/models';
import { until } from './support/until';

describe('importing a model', () => {
  const tiny = new TinyModel();
  let imported: string | undefined;

  before(() => openFile('imported.ts', 'const imported = '));

  after(async () => {
    await closeAll();
    await tiny.dispose();
    if (imported !== undefined) await rm(dirname(imported), { recursive: true, force: true });
  });

  const importFrom = (folder: string): Thenable<string | undefined> => vscode.commands.executeCommand('sparsek.importModel', vscode.Uri.file(folder));

  it('copies it to where all windows find it, and completes with it at once', async () => {
    imported = await importFrom(await tiny.write());
    assert.ok(imported !== undefined);
    await untilEngineIs('ready');
    const now = await diagnostics();
    await until('the imported model runs', () => now.engineState.kind === 'ready' && now.engineState.info.model.name === 'tiny');
    assert.notEqual((await complete()).result.outcome.kind, 'not-ready');
  });

  it('refuses a damaged one, and goes on with the one that there was', async () => {
    const folder = await tiny.write();
    await writeFile(join(folder, 'tokenizer.tiktoken'), 'nothing');
    assert.equal(await importFrom(folder), undefined);
    assert.ok(imported !== undefined);
    assert.deepEqual((await readdir(dirname(imported))).toSorted(), [basename(imported), 'current'].toSorted());
    assert.equal((await diagnostics()).engineState.kind, 'ready');
  });
});
