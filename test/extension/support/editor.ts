import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as vscode from 'vscode';

/** A file of the workspace, opened, with the cursor at its end. */
export async function openFile(name: string, text: string): Promise<vscode.TextEditor> {
  const folder = vscode.workspace.workspaceFolders?.[0];
  assert.ok(folder, 'the tests run in a workspace');
  const path = join(folder.uri.fsPath, name);
  await writeFile(path, text);
  return show(await vscode.workspace.openTextDocument(path));
}

export async function openUntitled(content: string, language = 'typescript'): Promise<vscode.TextEditor> {
  return show(await vscode.workspace.openTextDocument({ content, language }));
}

export async function show(document: vscode.TextDocument): Promise<vscode.TextEditor> {
  const editor = await vscode.window.showTextDocument(document);
  toEnd(editor);
  return editor;
}

export function toEnd(editor: vscode.TextEditor): void {
  const end = editor.document.lineAt(editor.document.lineCount - 1).range.end;
  editor.selection = new vscode.Selection(end, end);
}

/** Types as a person does, brackets closing by themselves. */
export async function type(text: string): Promise<void> {
  await vscode.commands.executeCommand('type', { text });
}

export async function closeAll(): Promise<void> {
  // Reverts, so that nothing asks whether to save.
  while (vscode.window.activeTextEditor) {
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
  }
}
