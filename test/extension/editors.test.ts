import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { closeAll, openFile } from './support/editor';
import { complete, diagnostics, untilEngineIs } from './support/extension';
import { TinyModel } from './support/models';
import { Settings } from './support/settings';
import { sleep } from './support/until';

describe('editors of other kinds', () => {
  const settings = new Settings();
  const model = new TinyModel();

  before(async () => {
    await settings.set('sparsek.model.path', await model.write());
    await openFile('editors.ts', '');
    await vscode.commands.executeCommand('sparsek.restartEngine');
    await untilEngineIs('ready');
  });

  after(async () => {
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
    await closeAll();
    await settings.restore();
    await model.dispose();
  });

  it('a cell of a notebook is completed in, as a document of its own', async () => {
    const cells = ['import math', 'radius = 2\narea = '].map((code) => new vscode.NotebookCellData(vscode.NotebookCellKind.Code, code, 'python'));
    const notebook = await vscode.workspace.openNotebookDocument('jupyter-notebook', new vscode.NotebookData(cells));
    await vscode.window.showNotebookDocument(notebook, { selections: [new vscode.NotebookRange(1, 2)] });
    await vscode.commands.executeCommand('notebook.cell.edit');
    await sleep(500);
    const { outcome } = (await complete()).result;
    assert.ok(['completed', 'empty', 'filtered'].includes(outcome.kind), outcome.kind);
    const cell = notebook.cellAt(1).document.uri.toString();
    assert.ok((await diagnostics()).heldDocuments.includes(cell));
  });

  it('an output pane is left alone', async () => {
    const before = (await diagnostics()).requests;
    await vscode.commands.executeCommand('sparsek.showLog');
    await sleep(500);
    await vscode.commands.executeCommand('sparsek.triggerCompletion');
    await sleep(500);
    const { heldDocuments, requests } = await diagnostics();
    assert.equal(requests, before);
    assert.ok(heldDocuments.every((uri) => !uri.startsWith('output:')));
    await vscode.commands.executeCommand('workbench.action.closePanel');
  });
});
