import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { Diagnostics } from '../../../src/features/diagnostics';
import { until } from './until';

/** The extension under test, activated. */
export async function extension(): Promise<vscode.Extension<{ readonly diagnostics: Diagnostics }>> {
  const found = vscode.extensions.getExtension<{ readonly diagnostics: Diagnostics }>('sparsek.sparsek-code');
  assert.ok(found, 'the extension is not installed');
  await found.activate();
  return found;
}

export async function diagnostics(): Promise<Diagnostics> {
  return (await extension()).exports.diagnostics;
}

export async function untilEngineIs(kind: Diagnostics['engineState']['kind'], milliseconds?: number): Promise<void> {
  const now = await diagnostics();
  await until(`the engine is ${kind}`, () => now.engineState.kind === kind, milliseconds);
}

/** Asks for a completion at the cursor, as a person does with the command. @returns what became of it */
export async function complete(): Promise<NonNullable<Diagnostics['lastCompletion']>> {
  const now = await diagnostics();
  const before = now.lastCompletion;
  await vscode.commands.executeCommand('sparsek.triggerCompletion');
  await until('the completion is answered', () => now.lastCompletion !== before, 40_000);
  assert.ok(now.lastCompletion);
  return now.lastCompletion;
}
