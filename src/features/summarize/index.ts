/** Summarize File: a Markdown document that grows while the engine reads and writes. */
import * as vscode from 'vscode';
import type { AnsweringClient, WordyRequest } from '../../client';
import type { AnswerPart, AnswerResult } from '../../protocol';
import { commands } from '../commands';
import { mayNotBeRead } from './mayNotBeRead';

const stages = { waiting: 'waiting', workspace: 'reading the workspace', encoding: 'reading', reading: 'reading', writing: 'writing' } as const;

export function registerSummarize(client: AnsweringClient): vscode.Disposable {
  return vscode.Disposable.from(
    vscode.commands.registerCommand(commands.summarizeFile, (uri?: vscode.Uri) => summarize(client, uri, false)),
    vscode.commands.registerCommand(commands.summarizeSelection, (uri?: vscode.Uri) => summarize(client, uri, true)),
    vscode.commands.registerCommand(commands.summarizeFolder, (uri?: vscode.Uri) => summarizeFolder(client, uri)),
  );
}

/** @param chosen in the explorer; else the file in the editor */
async function summarize(client: AnsweringClient, chosen: vscode.Uri | undefined, selected: boolean): Promise<void> {
  const editor = vscode.window.activeTextEditor;
  const uri = chosen ?? editor?.document.uri;
  if (uri === undefined) return void vscode.window.showInformationMessage('Open the file that shall be summarized, or choose it in the explorer.');
  const glob = await mayNotBeRead(uri);
  if (glob !== undefined) return void vscode.window.showWarningMessage(`The file must not be read: it matches "${glob}" of the setting "sparsek.doNotRead".`);
  const document = await vscode.workspace.openTextDocument(uri);
  const lines = selected && editor?.document === document ? selectedLines(editor.selection) : {};
  const path = vscode.workspace.asRelativePath(uri, false);
  await show(await withProgress(client, path, { method: 'summarize', path, linkPrefix: '/', text: document.getText(), ...lines }, describeProgress));
}

/** @param chosen in the explorer; else one of the workspace's folders */
async function summarizeFolder(client: AnsweringClient, chosen: vscode.Uri | undefined): Promise<void> {
  const uri = chosen ?? await rootFolder();
  if (uri === undefined) return;
  const glob = await mayNotBeRead(uri);
  if (glob !== undefined) return void vscode.window.showWarningMessage(`The folder must not be read: it matches "${glob}" of the setting "sparsek.doNotRead".`);
  const root = vscode.workspace.getWorkspaceFolder(uri)?.uri;
  const path = root?.toString() === uri.toString() ? '' : vscode.workspace.asRelativePath(uri, false);
  const request = { method: 'summarizeFolder', folder: uri.fsPath, path, linkPrefix: '/' } as const;
  await show(await withProgress(client, path === '' ? 'the workspace' : path, request, describeFolderProgress));
}

async function rootFolder(): Promise<vscode.Uri | undefined> {
  const folders = vscode.workspace.workspaceFolders ?? [];
  if (folders.length === 0) void vscode.window.showInformationMessage('Open a folder first: there is none that could be summarized.');
  return folders.length > 1 ? (await vscode.window.showWorkspaceFolderPick())?.uri : folders.at(0)?.uri;
}

function withProgress(client: AnsweringClient, name: string, request: WordyRequest, describe: (stage: Stage, shown: number) => Step): Thenable<AnswerResult> {
  return vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title: `Summarizing ${name}`, cancellable: true },
    (progress, token) => {
      let shown = 0;
      const onPart = (part: AnswerPart) => {
        if (part.kind !== 'stage') return;
        const { increment, message } = describe(part, shown);
        shown += increment;
        progress.report({ increment, message });
      };
      return client.answer(request, onPart, token);
    },
  );
}

type Stage = Extract<AnswerPart, { readonly kind: 'stage' }>;

interface Step {
  /** Percent. */
  readonly increment: number;
  readonly message: string;
}

/** The files are read in no time; then the model reads and writes about one after the other. */
function describeFolderProgress({ stage, done, count }: Stage, shown: number): Step {
  if (stage === 'workspace') return { increment: 0, message: `${done ?? 0} files` };
  if (stage !== 'writing' || done === undefined || count === undefined || count === 0) return { increment: 0, message: stages[stage] };
  return { increment: Math.max(0, (100 * done) / count - shown), message: `file ${done + 1} of ${count}` };
}

function describeProgress({ stage, done, count }: Stage, shown: number): Step {
  if (done === undefined || count === undefined || count === 0) return { increment: 0, message: stages[stage] };
  // Reading takes most of the time; parts are read and written one by one afterwards.
  const percent = stage === 'reading' ? (70 * done) / count : 70 + (30 * done) / count;
  return { increment: Math.max(0, percent - shown), message: `${stages[stage]}: ${Math.round((100 * done) / count)} %` };
}

function selectedLines({ start, end }: vscode.Selection): { readonly startLine: number; readonly endLine: number } {
  return { startLine: start.line + 1, endLine: Math.max(start.line, end.character === 0 && end.line > start.line ? end.line - 1 : end.line) + 1 };
}

/** As a preview beside the code. The document behind it has no name yet and can be saved. */
async function show({ text, outcome }: AnswerResult): Promise<void> {
  if (outcome.kind === 'not-ready') {
    void vscode.window.showErrorMessage(outcome.reason);
    return;
  }
  if (outcome.kind === 'not-found') void vscode.window.showInformationMessage(outcome.reason);
  if (text === '') return;
  const content = outcome.kind === 'cancelled' ? `${text}\n\n*Cancelled: the rest is missing.*\n` : text;
  const document = await vscode.workspace.openTextDocument({ language: 'markdown', content });
  await vscode.window.showTextDocument(document, { preview: false });
  await vscode.commands.executeCommand('markdown.showPreviewToSide', document.uri);
}
