import * as vscode from 'vscode';

/** Puts text in place of what is selected in the editor that was used last. */
export async function insertAtCursor(text: string): Promise<void> {
  const editor = vscode.window.activeTextEditor ?? vscode.window.visibleTextEditors.at(0);
  if (editor === undefined) {
    void vscode.window.showInformationMessage('No editor is open that the code could be inserted in.');
    return;
  }
  await editor.edit((edit) => edit.replace(editor.selection, text));
  await vscode.window.showTextDocument(editor.document, editor.viewColumn);
}
