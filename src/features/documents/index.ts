import * as vscode from 'vscode';
import type { EngineClient, LiveDocument } from '../../client';
import type { TextEdit } from '../../protocol';

/** The document as the engine's client sees it. */
export function liveDocument(document: vscode.TextDocument): LiveDocument {
  return {
    uri: document.uri.toString(),
    path: pathForModel(document.uri),
    languageId: document.languageId,
    get version() {
      return document.version;
    },
    text: () => document.getText(),
  };
}

/** Tells the engine the edits and the closing of documents that it holds. */
export function forwardDocumentEvents(client: EngineClient): vscode.Disposable {
  return vscode.Disposable.from(
    vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
      client.changeDocument({ uri: document.uri.toString(), version: document.version, edits: editsOf(contentChanges) });
    }),
    vscode.workspace.onDidCloseTextDocument((document) => client.closeDocument(document.uri.toString())),
  );
}

/** The editor's changes hold one after the other: the one that lies last in the text comes first. */
export function editsOf(changes: readonly vscode.TextDocumentContentChangeEvent[]): TextEdit[] {
  return changes.map(({ rangeOffset, rangeLength, text }) => ({ offset: rangeOffset, deleteLength: rangeLength, insert: text }));
}

/** Relative to the workspace; of a file outside only the name, as where it lies says nothing about the code. */
function pathForModel(uri: vscode.Uri): string {
  return vscode.workspace.getWorkspaceFolder(uri)
    ? vscode.workspace.asRelativePath(uri, false)
    : uri.path.slice(uri.path.lastIndexOf('/') + 1);
}
