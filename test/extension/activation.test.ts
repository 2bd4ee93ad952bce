import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { diagnostics, extension } from './support/extension';

describe('activation', () => {
  it('happens by itself, after the window has opened', async () => {
    const { isActive } = vscode.extensions.getExtension('sparsek.sparsek-code') ?? {};
    if (isActive !== true) await extension();
    assert.equal((await extension()).isActive, true);
  });

  it('takes at most 50 ms', async () => {
    const { activationMilliseconds } = await diagnostics();
    console.log(`    activated in ${activationMilliseconds.toFixed(1)} ms`);
    assert.ok(activationMilliseconds <= 50, `it took ${activationMilliseconds} ms`);
  });

  it('registers every command that is contributed', async () => {
    const manifest = (await extension()).packageJSON as { contributes: { commands: { command: string }[] } };
    const registered = await vscode.commands.getCommands(true);
    for (const { command } of manifest.contributes.commands) assert.ok(registered.includes(command), command);
  });

  it('shows its state in the status bar', async () => {
    assert.match((await diagnostics()).status.text, /SparseK/);
  });
});
