/** Inline completions: ghost text from the engine. */
import * as vscode from 'vscode';
import type { EngineClient, Log } from '../../client';
import { commands } from '../commands';
import { editsOf } from '../documents';
import { section } from '../settings';
import { describeLeftOut, describeReport, workspaceChoice } from '../workspace';
import { Completer } from './completer';
import { explain } from './explain';
import { editedSchemes } from './gate';
import type { CompletionHistory } from './history';
import { CompletionProvider } from './provider';

export { explain, describeOutcome, megabytes } from './explain';
export { CompletionHistory, type CompletionRecord } from './history';
export { editedSchemes } from './gate';
export { whyNotRead } from './whyNotRead';

export function registerCompletion(client: EngineClient, history: CompletionHistory, log: Log): vscode.Disposable {
  const completer = new Completer(client, history, log);
  const selector = editedSchemes.map((scheme) => ({ scheme }));
  return vscode.Disposable.from(
    completer,
    vscode.languages.registerInlineCompletionItemProvider(selector, new CompletionProvider(completer)),
    vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
      if (contentChanges.length > 0) completer.documentEdited(document.uri.toString(), editsOf(contentChanges));
    }),
    vscode.workspace.onDidCloseTextDocument((document) => completer.documentClosed(document.uri.toString())),
    vscode.workspace.onDidChangeConfiguration((change) => {
      if (!change.affectsConfiguration(section)) return;
      completer.forget();
      // Whether a document may still be read is decided anew when something is next asked in it.
      client.closeAllDocuments();
    }),
    vscode.commands.registerCommand(commands.trigger, () => vscode.commands.executeCommand('editor.action.inlineSuggest.trigger')),
    vscode.commands.registerCommand(commands.explain, () => explainLast(client, history, log)),
  );
}

/** What is not read of the workspace is too long for a message: the log has it. @returns what it showed */
async function explainLast(client: EngineClient, history: CompletionHistory, log: Log): Promise<string> {
  const explanation = explain(history);
  const report = await client.workspaceReport();
  const lines = [...(report === undefined ? [] : describeReport(report)), ...workspaceChoice().leftOut.map(describeLeftOut)];
  for (const line of [explanation, ...lines]) log.info(line);
  const showLog = 'Show Log';
  void vscode.window.showInformationMessage(explanation, showLog).then((chosen) => {
    if (chosen === showLog) void vscode.commands.executeCommand(commands.showLog);
  });
  return explanation;
}
