import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { useRecordedEngine } from './support/recordedEngine';

describe('Summarize Folder', () => {
  useRecordedEngine();
  const folder = vscode.workspace.workspaceFolders?.[0].uri ?? vscode.Uri.file('/');

  it('shows a document of a folder\'s files whose links lead to the code', async () => {
    await vscode.commands.executeCommand('sparsek.summarizeFolder', vscode.Uri.joinPath(folder, 'src'));
    const document = vscode.workspace.textDocuments.find(({ isUntitled, languageId }) => isUntitled && languageId === 'markdown');
    assert.ok(document, 'a document is open');
    const text = document.getText();
    assert.match(text, /^# src\/\n\n\d+ files?/);
    const [, path, line] = /\[`\w+`\]\((\/src\/shapes\.ts)#L(\d+)\)/.exec(text) ?? [];
    const shapes = await vscode.workspace.openTextDocument(vscode.Uri.joinPath(folder, path));
    assert.ok(shapes.lineCount >= Number(line));
  });

  it('says that a folder outside the workspace is not read', async () => {
    const before = vscode.workspace.textDocuments.filter(({ isUntitled }) => isUntitled).length;
    await vscode.commands.executeCommand('sparsek.summarizeFolder', vscode.Uri.file('/'));
    assert.equal(vscode.workspace.textDocuments.filter(({ isUntitled }) => isUntitled).length, before);
  });
});
