import type { TextDocument } from 'vscode';
import type { EngineClient } from '../../client';
import type { ShownDocument } from './linesOf';

export function shownDocument(document: TextDocument, { heldDocuments }: Pick<EngineClient, 'heldDocuments'>): ShownDocument {
  const uri = document.uri.toString();
  return { uri, version: document.version, path: document.uri.fsPath.replaceAll('\\', '/'), isKnown: !document.isDirty || heldDocuments.includes(uri) };
}
