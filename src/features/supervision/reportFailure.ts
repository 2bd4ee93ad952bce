import * as vscode from 'vscode';
import { describeProblem, type Problem } from '../../protocol';
import { commands } from '../commands';
import { importAction } from '../model';
import { section } from '../settings';

/** Tells once what keeps the engine from running, and offers what helps. Until something is done, only the status item says it. */
export async function reportFailure(problem: Problem): Promise<void> {
  const actions: Partial<Record<string, () => Thenable<unknown>>> = {
    ...(problem.code.startsWith('model-') ? { [importAction]: () => vscode.commands.executeCommand(commands.importModel) } : {}),
    'Restart Engine': () => vscode.commands.executeCommand(commands.restart),
    'Open Settings': () => vscode.commands.executeCommand('workbench.action.openSettings', section),
    'Show Log': () => vscode.commands.executeCommand(commands.showLog),
  };
  const chosen = await vscode.window.showErrorMessage(`SparseK Code: ${describeProblem(problem)}`, ...Object.keys(actions));
  if (chosen !== undefined) await actions[chosen]?.();
}
