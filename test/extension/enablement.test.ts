import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { untilEnded } from '../fixtures/processes';
import { closeAll, openFile, openUntitled, show } from './support/editor';
import { complete, diagnostics, untilEngineIs } from './support/extension';
import { TinyModel } from './support/models';
import { Settings } from './support/settings';
import { until } from './support/until';

describe('switching completions on and off', () => {
  const settings = new Settings();
  const model = new TinyModel();

  before(async () => settings.set('sparsek.model.path', await model.write()));

  after(async () => {
    await closeAll();
    await settings.restore();
    await model.dispose();
  });

  it('starts the engine when a file is looked at, before anything is asked', async () => {
    await openFile('a.ts', 'const a = ');
    await untilEngineIs('ready');
    const { status } = await diagnostics();
    assert.equal(status.kind, 'ready');
    assert.match(status.tooltip.join('\n'), /MB of keys and values/);
  });

  it('ends the engine when switched off, and starts it when switched on', async () => {
    const now = await diagnostics();
    const engine = now.engineProcessId;
    assert.ok(engine !== undefined);
    await vscode.commands.executeCommand('sparsek.toggle');
    await until('the status item says off', () => now.status.kind === 'off');
    await untilEnded(engine);
    const { outcome } = (await complete()).result;
    assert.equal(outcome.kind, 'disabled');
    assert.equal(now.engineState.kind, 'stopped');
    await vscode.commands.executeCommand('sparsek.toggle');
    await untilEngineIs('ready');
    assert.equal(vscode.workspace.getConfiguration('sparsek').get('enable'), true);
  });

  it('switches one language off and on, and leaves the others alone', async () => {
    await openUntitled('a = ', 'python');
    await vscode.commands.executeCommand('sparsek.toggleLanguage');
    const { outcome } = (await complete()).result;
    assert.ok(outcome.kind === 'disabled');
    assert.match(outcome.reason, /"python"/);
    assert.equal((await diagnostics()).status.kind, 'off');
    await openUntitled('a = ', 'typescript');
    assert.notEqual((await complete()).result.outcome.kind, 'disabled');
    assert.equal((await diagnostics()).status.kind, 'ready', 'the engine ran on');
    await show(await vscode.workspace.openTextDocument({ content: 'b = ', language: 'python' }));
    await vscode.commands.executeCommand('sparsek.toggleLanguage');
    assert.notEqual((await complete()).result.outcome.kind, 'disabled');
    await vscode.workspace.getConfiguration('sparsek').update('languages', undefined, vscode.ConfigurationTarget.Global);
  });

  it('follows settings of one language', async () => {
    await vscode.workspace.getConfiguration('sparsek', { languageId: 'ruby' }).update('enable', false, vscode.ConfigurationTarget.Global, true);
    await openUntitled('a = ', 'ruby');
    assert.equal((await complete()).result.outcome.kind, 'disabled');
    await openUntitled('a = ', 'typescript');
    assert.notEqual((await complete()).result.outcome.kind, 'disabled');
    await vscode.workspace.getConfiguration('sparsek', { languageId: 'ruby' }).update('enable', undefined, vscode.ConfigurationTarget.Global, true);
  });

  it('runs the engine where one language is on and all else is off', async () => {
    const python = { languageId: 'python' };
    const now = await diagnostics();
    await settings.set('sparsek.enable', false);
    await vscode.workspace.getConfiguration('sparsek', python).update('enable', true, vscode.ConfigurationTarget.Global, true);
    await openUntitled('a = ', 'typescript');
    await until('the engine is ended', () => now.engineState.kind === 'stopped');
    await openUntitled('a = ', 'python');
    await untilEngineIs('ready');
    assert.notEqual((await complete()).result.outcome.kind, 'disabled');
    await vscode.workspace.getConfiguration('sparsek', python).update('enable', undefined, vscode.ConfigurationTarget.Global, true);
    await settings.set('sparsek.enable', true);
  });

  it('is silent with several cursors, and says why', async () => {
    const editor = await openUntitled('const a = \nconst b = ');
    editor.selections = [new vscode.Selection(0, 10, 0, 10), new vscode.Selection(1, 10, 1, 10)];
    const { outcome } = (await complete()).result;
    assert.ok(outcome.kind === 'disabled');
    assert.match(outcome.reason, /several cursors/);
  });

  it('explains the last completion', async () => {
    await openUntitled('const a = ');
    await complete();
    const explanation = await vscode.commands.executeCommand<string>('sparsek.explainLastCompletion');
    assert.match(explanation, /^Untitled-\d+, line 1: /);
    assert.match(explanation, /reused \d+, read \d+/);
    assert.match(explanation, /Milliseconds: \d+ in all/);
  });
});
