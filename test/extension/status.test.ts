import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { closeAll, openFile, openUntitled, type } from './support/editor';
import { complete, diagnostics, untilEngineIs } from './support/extension';
import { longCode } from './support/longCode';
import { TinyModel } from './support/models';
import { Settings } from './support/settings';
import { sleep, until } from './support/until';

describe('the status of an engine', () => {
  const settings = new Settings();
  const model = new TinyModel();

  before(async () => settings.set('sparsek.model.path', await model.write()));

  after(async () => {
    await closeAll();
    await settings.restore();
    await model.dispose();
  });

  it('goes through its whole life: off, starting, ready, completing, reading, error and ready again', async () => {
    const now = await diagnostics();
    const seen: string[] = [];
    const watch = setInterval(() => { if (seen.at(-1) !== now.status.kind) seen.push(now.status.kind); }, 2);
    try {
      await openFile('life.ts', longCode(300));
      await settings.set('sparsek.enable', false);
      await until('it is off', () => now.status.kind === 'off');
      await settings.set('sparsek.enable', true);
      await untilEngineIs('ready');
      await complete();
      await until('the file or the folder is read', () => seen.includes('reading'));
      await until('all is read', () => now.status.kind === 'ready', 60_000);
      assert.match(now.status.tooltip.join('\n'), / on [^\n]+\. [^\n]+\nMemory: [\d.]+ MB of keys and values[^]*\nLast request: reused \d+ tokens, read \d+/);
      await settings.set('sparsek.model.path', '/nowhere/model');
      await until('the error is told', () => now.status.kind === 'error');
      assert.match(now.status.text, /model files missing/);
      await settings.set('sparsek.model.path', await model.write());
      await untilEngineIs('ready');
    } finally {
      clearInterval(watch);
    }
    const order = ['off', 'starting', 'ready', 'completing', 'reading', 'ready', 'error', 'starting', 'ready'];
    let at = 0;
    for (const kind of seen) if (kind === order.at(at)) at++;
    assert.equal(at, order.length, `seen: ${seen.join(', ')}`);
  });

  it('shows that reading is paused, of which the engine is told, and that it goes on', async () => {
    const now = await diagnostics();
    await vscode.commands.executeCommand('sparsek.toggleReading');
    await until('the pause is shown', () => now.status.kind === 'paused');
    assert.equal(vscode.workspace.getConfiguration('sparsek').get('memory.paused'), true);
    await openFile('paused.ts', longCode(300));
    await complete();
    await sleep(1_500);
    assert.equal(now.status.kind, 'paused');
    const read = () => now.status.tooltip.some((line) => line.startsWith('Reading the open file'));
    assert.ok(!read());
    await vscode.commands.executeCommand('sparsek.toggleReading');
    await until('it goes on', () => now.status.kind !== 'paused');
    await vscode.workspace.getConfiguration('sparsek').update('memory.paused', undefined, vscode.ConfigurationTarget.Global);
  });

  it('says beside the language that a file is not read, and why, for as long as it is so', async () => {
    const now = await diagnostics();
    await openFile('server.pem', 'KEY\n');
    await until('the reason is told', () => now.notRead !== undefined);
    assert.match(now.notRead ?? '', /matches "\*\.pem" of the setting "sparsek\.doNotRead"/);
    await openFile('read.ts', 'const a = 1;\n');
    await until('nothing is told of a file that is read', () => now.notRead === undefined);
    await settings.set('sparsek.languages', { '*': true, python: false });
    await openUntitled('a = 1\n', 'python');
    await until('the language is told', () => /"python"/.test(now.notRead ?? ''));
    await settings.set('sparsek.languages', { '*': true });
    await until('the setting is followed', () => now.notRead === undefined);
  });

  it('tells the reason of the last silence', async () => {
    const editor = await openUntitled('const a = \nconst b = ');
    editor.selections = [new vscode.Selection(0, 10, 0, 10), new vscode.Selection(1, 10, 1, 10)];
    await complete();
    const now = await diagnostics();
    await until('it is told', () => now.status.tooltip.some((line) => line.startsWith('Last silence: There are several cursors')));
    await type('1');
    await sleep(200);
  });
});
