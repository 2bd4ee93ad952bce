import * as vscode from 'vscode';
import type { Place } from '../protocol';

/** Opens a file of the workspace and reveals the lines. A path that leads out of every folder, or to nothing, opens nothing. */
export async function openPlace({ path, startLine, endLine }: Place): Promise<void> {
  const uri = await findFile(path);
  if (uri === undefined) {
    void vscode.window.showWarningMessage(`${path} is not in this workspace any more.`);
    return;
  }
  const document = await vscode.workspace.openTextDocument(uri);
  const last = document.lineCount - 1;
  const start = Math.min(Math.max(0, startLine - 1), last);
  const end = Math.min(Math.max(start, endLine - 1), last);
  const range = new vscode.Range(start, 0, end, document.lineAt(end).text.length);
  const editor = await vscode.window.showTextDocument(document, { preview: true });
  editor.selection = new vscode.Selection(range.start, range.start);
  editor.revealRange(range, vscode.TextEditorRevealType.InCenterIfOutsideViewport);
}

/** The file of the workspace that a relative path names; undefined for one outside, or for none. */
export async function findFile(path: string): Promise<vscode.Uri | undefined> {
  if (path.split('/').includes('..') || path.startsWith('/')) return undefined;
  for (const { uri } of vscode.workspace.workspaceFolders ?? []) {
    const candidate = vscode.Uri.joinPath(uri, path);
    const stat = await Promise.resolve(vscode.workspace.fs.stat(candidate)).catch(() => undefined);
    if (stat?.type === vscode.FileType.File) return candidate;
  }
  return undefined;
}
