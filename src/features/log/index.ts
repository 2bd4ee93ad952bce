import * as vscode from 'vscode';
import { commands } from '../commands';

/** The output channel "SparseK Code". Its level is the editor's business: "Developer: Set Log Level…". */
export function createLog(): vscode.LogOutputChannel {
  return vscode.window.createOutputChannel('SparseK Code', { log: true });
}

export function registerShowLog(log: vscode.LogOutputChannel): vscode.Disposable {
  return vscode.commands.registerCommand(commands.showLog, () => log.show());
}
