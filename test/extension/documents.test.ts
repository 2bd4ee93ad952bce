import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { methods, type ChangeDocument, type CloseDocument, type OpenDocument, type TextEdit } from '../../src/protocol';
import { closeAll, openFile, toEnd, type } from './support/editor';
import { complete, diagnostics } from './support/extension';
import { useRecordedEngine } from './support/recordedEngine';
import { until } from './support/until';

describe('documents that the engine holds', () => {
  const { wiretap } = useRecordedEngine();

  /** What the engine holds of a document if it does as it is told. */
  function heldText(uri: string): string | undefined {
    let text: string | undefined;
    for (const { method, params } of wiretap().messages()) {
      if ((params as { uri?: string } | undefined)?.uri !== uri) continue;
      if (method === methods.openDocument) text = (params as OpenDocument).text;
      else if (method === methods.closeDocument) text = (params as CloseDocument).uri === uri ? undefined : text;
      else if (method === methods.changeDocument && text !== undefined) text = (params as ChangeDocument).edits.reduce(applied, text);
    }
    return text;
  }

  it('are only those in which a completion was asked', async () => {
    const { document } = await openFile('unasked.ts', 'const unasked = 1;\n');
    const now = await diagnostics();
    await vscode.workspace.getConfiguration('editor').update('inlineSuggest.enabled', false, vscode.ConfigurationTarget.Global);
    await type('const b = 2;');
    assert.equal(heldText(document.uri.toString()), undefined);
    assert.ok(!now.heldDocuments.includes(document.uri.toString()));
    await vscode.workspace.getConfiguration('editor').update('inlineSuggest.enabled', true, vscode.ConfigurationTarget.Global);
  });

  for (const [name, ending] of [['LF', '\n'], ['CRLF', '\r\n']] as const) {
    it(`are kept up to date through typing, undo, several cursors and replacing, with ${name}`, async () => {
      const lines = ['const emoji = "😀 漢字";', '\tlet tab = 1;', 'function f() {', '}', ''];
      const editor = await openFile(`edits-${name}.ts`, lines.join(ending));
      const uri = editor.document.uri.toString();
      await complete();
      const agrees = () => until('the engine holds the text of the document', () => heldText(uri) === editor.document.getText());
      await agrees();
      for (const character of 'if (a["b"]) {') await type(character);
      await agrees();
      await type('\n');
      await agrees();
      await vscode.commands.executeCommand('undo');
      await agrees();
      editor.selections = [0, 1, 2].map((line) => new vscode.Selection(line, 1, line, 1));
      await type('é😀');
      // The editor asks here too, and is told that there are several cursors.
      await complete();
      await agrees();
      await vscode.commands.executeCommand('deleteLeft');
      await agrees();
      await editor.edit((edit) => {
        edit.replace(new vscode.Range(0, 3, 1, 2), 'replaced\nacross lines');
        edit.insert(new vscode.Position(2, 0), '// inserted\n');
      });
      await agrees();
      await editor.edit((edit) => edit.setEndOfLine(ending === '\n' ? vscode.EndOfLine.CRLF : vscode.EndOfLine.LF));
      await agrees();
      toEnd(editor);
      const { outcome } = (await complete()).result;
      assert.notEqual(outcome.kind, 'unreadable');
      await agrees();
    });
  }

  it('are forgotten when they are closed', async () => {
    const { document } = await openFile('closed.ts', 'const closed = 1;\n');
    const uri = document.uri.toString();
    await complete();
    const now = await diagnostics();
    assert.ok(now.heldDocuments.includes(uri));
    await closeAll();
    // Changing the language closes a document at once; closing its tab leaves that to the editor.
    await vscode.languages.setTextDocumentLanguage(document, 'plaintext').then(undefined, () => undefined);
    await until('the document is closed', () => !now.heldDocuments.includes(uri));
    await until('the engine was told', () => heldText(uri) === undefined);
  });

  it('are completed in when they are empty, and with the cursor at the start', async () => {
    const editor = await openFile('empty.ts', '');
    assert.notEqual((await complete()).result.outcome.kind, 'unreadable');
    await type('x');
    editor.selection = new vscode.Selection(0, 0, 0, 0);
    assert.notEqual((await complete()).result.outcome.kind, 'unreadable');
  });
});

function applied(text: string, { offset, deleteLength, insert }: TextEdit): string {
  return text.slice(0, offset) + insert + text.slice(offset + deleteLength);
}
