import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { diagnostics, extension } from './support/extension';

describe('activation', () => {
  it('happens by itself, after the window has opened', async () => {
    const { isActive } = vscode.extensions.getExtension('sparsek.sparsek-code') ?? {};
    if (isActive !== true) await extension();
    assert.equal((await extension()).isActive, true);
  });

  // 50 ms are asked for and 20 to 30 are usual; what is asserted is what a busy machine cannot miss and heavy work would.
  it('is light: reading the program included, it takes no time in which something is computed', async () => {
    const { extensionPath, exports } = await extension();
    const loading = Math.min(...Array.from({ length: 5 }, () => loadAgain(join(extensionPath, 'dist', 'extension.cjs'))));
    const { activationMilliseconds } = exports.diagnostics;
    console.log(`    loaded in ${loading.toFixed(1)} ms, activated in ${activationMilliseconds.toFixed(1)} ms`);
    assert.ok(loading + activationMilliseconds <= 250, `it took ${loading + activationMilliseconds} ms`);
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

/** Loads a program a second time, without activating it. @returns milliseconds */
function loadAgain(path: string): number {
  const load = createRequire(path);
  const first = load.cache[path];
  // eslint-disable-next-line @typescript-eslint/no-dynamic-delete -- a cache's entries are deleted by name
  delete load.cache[path];
  const start = performance.now();
  load(path);
  const milliseconds = performance.now() - start;
  load.cache[path] = first;
  return milliseconds;
}
