import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { closeAll, openFile, type } from './support/editor';
import { complete, diagnostics, untilEngineIs } from './support/extension';
import { TinyModel } from './support/models';
import { Settings } from './support/settings';
import { sleep, until } from './support/until';

describe('a model that is missing or damaged', () => {
  const settings = new Settings();
  const tiny = new TinyModel();
  let empty: string;

  before(async () => {
    empty = await mkdtemp(join(tmpdir(), 'sparsek-no-model-'));
    await openFile('missing.ts', 'const missing = ');
  });

  after(async () => {
    await closeAll();
    await settings.restore();
    await tiny.dispose();
    await rm(empty, { recursive: true });
  });

  it('is said in the status item, with what to do, and in each outcome', async () => {
    await settings.set('sparsek.model.path', empty);
    await vscode.commands.executeCommand('sparsek.restartEngine');
    await untilEngineIs('failed');
    const { engineState, status } = await diagnostics();
    assert.ok(engineState.kind === 'failed');
    assert.equal(engineState.problem.code, 'model-missing');
    assert.equal(status.kind, 'error');
    assert.match(status.text, /model files missing/);
    assert.ok(status.tooltip.join(' ').includes(engineState.problem.remedy));
    const { outcome } = (await complete()).result;
    assert.ok(outcome.kind === 'not-ready');
    assert.ok(outcome.reason.includes(engineState.problem.remedy));
  });

  it('is said once, not at every keystroke', async () => {
    const now = await diagnostics();
    const { engineState } = now;
    for (const character of 'value + 1') {
      await type(character);
      await sleep(100);
    }
    assert.equal(now.engineState, engineState, 'the state did not change, so nothing new was said');
    assert.equal(now.engineProcessId, undefined, 'no engine was started');
  });

  it('is mended by files that came, and a restart', async () => {
    await settings.set('sparsek.model.path', await tiny.write());
    await untilEngineIs('ready');
    assert.notEqual((await complete()).result.outcome.kind, 'not-ready');
  });

  it('is told from a damaged one', async () => {
    const directory = await tiny.write();
    const shard = vscode.Uri.file(join(directory, 'tokenizer.tiktoken'));
    const bytes = await vscode.workspace.fs.readFile(shard);
    const damaged = Uint8Array.from(bytes, (byte, i) => (i === 10 ? byte ^ 1 : byte));
    await vscode.workspace.fs.writeFile(shard, damaged);
    await vscode.commands.executeCommand('sparsek.restartEngine');
    const now = await diagnostics();
    await until('the damage is seen', () => now.engineState.kind === 'failed');
    assert.ok(now.engineState.kind === 'failed');
    assert.equal(now.engineState.problem.code, 'model-corrupt');
    assert.match(now.engineState.problem.what, /tokenizer\.tiktoken/);
  });
});
