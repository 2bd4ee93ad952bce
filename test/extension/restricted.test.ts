import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { closeAll, openFile } from './support/editor';
import { complete, diagnostics, untilEngineIs } from './support/extension';
import { TinyModel } from './support/models';
import { Settings } from './support/settings';
import { sleep } from './support/until';

describe('a folder that is not trusted', () => {
  const settings = new Settings();
  const tiny = new TinyModel();

  before(async () => {
    assert.equal(vscode.workspace.isTrusted, false, 'this suite needs an untrusted workspace');
    await settings.set('sparsek.model.path', await tiny.write());
    await openFile('untrusted.ts', 'const untrusted = ');
    await untilEngineIs('ready');
  });

  after(async () => {
    await closeAll();
    await settings.restore();
    await tiny.dispose();
  });

  it('is completed in', async () => {
    assert.ok(['completed', 'empty', 'filtered'].includes((await complete()).result.outcome.kind));
  });

  it('is not read but for the documents that are completed in, and that is said', async () => {
    const now = await diagnostics();
    assert.equal(now.lastCompletion?.result.remembered, undefined);
    assert.ok(now.status.tooltip.some((line) => line.includes('are not read: it is not trusted')), now.status.tooltip.join('\n'));
  });

  it('is not searched for a language model, and that is said', async () => {
    const { content } = await vscode.lm.invokeTool('searchWorkspaceMemory', { input: { query: 'untrusted' }, toolInvocationToken: undefined });
    const text = content.map((part) => (part instanceof vscode.LanguageModelTextPart ? part.value : '')).join('');
    assert.match(text, /^Nothing was searched: No trusted folder is open/);
  });

  it('does not choose the program, the model or what may be read', async () => {
    const now = await diagnostics();
    const engine = now.engineProcessId;
    const inFolder = { 'sparsek.engine.node': '/nowhere/evil', 'sparsek.model.path': '/nowhere/model', 'sparsek.doNotRead': { '.env': false } };
    const folder = vscode.workspace.workspaceFolders?.[0];
    assert.ok(folder);
    await vscode.workspace.fs.writeFile(vscode.Uri.joinPath(folder.uri, '.vscode/settings.json'), Buffer.from(JSON.stringify(inFolder)));
    await sleep(2_000);
    assert.equal(now.engineProcessId, engine, 'the engine was not even restarted');
    await vscode.commands.executeCommand('sparsek.restartEngine');
    await untilEngineIs('ready');
    await openFile('.env', 'PASSWORD=1\n');
    assert.equal((await complete()).result.outcome.kind, 'disabled');
  });
});
