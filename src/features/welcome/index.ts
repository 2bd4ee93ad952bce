/** What is said where something is missing: no folder, no trust, no model. And the walkthrough. */
import * as vscode from 'vscode';
import type { EngineClient } from '../../client';
import { commands } from '../commands';

/** The words are in package.json, shown by what holds. */
const viewId = 'sparsek.welcome';
const modelKey = 'sparsek.modelProblem';
const walkthrough = 'sparsek.sparsek-code#sparsek.start';

export function registerWelcome(client: EngineClient): vscode.Disposable {
  const empty: vscode.TreeDataProvider<never> = {
    getChildren: () => [],
    getTreeItem: (item) => item,
  };
  let told = false;
  const follow = () => {
    const { state } = client;
    const isMissing = state.kind === 'failed' && state.problem.code.startsWith('model-');
    // Whether it is mended is known when an engine runs.
    if (isMissing === told || (told && state.kind !== 'ready')) return;
    told = isMissing;
    void vscode.commands.executeCommand('setContext', modelKey, isMissing);
  };
  return vscode.Disposable.from(
    vscode.window.registerTreeDataProvider(viewId, empty),
    client.onDidChangeState(follow),
    vscode.commands.registerCommand(commands.getStarted, () => vscode.commands.executeCommand('workbench.action.openWalkthrough', walkthrough, false)),
  );
}
