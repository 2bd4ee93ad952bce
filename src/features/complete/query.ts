import * as vscode from 'vscode';
import { liveDocument } from '../documents';
import type { CompletionSettings } from '../settings';
import type { Query } from './completer';
import type { DoNotRead } from './doNotRead';
import { extentAt } from './extent';
import type { Place } from './gate';
import { pathsOf } from './paths';
import { missingPart } from './selectedCompletion';

/** Where the document lies and how it may be edited; reads nothing of its text. */
export async function placeOf(document: vscode.TextDocument): Promise<Place> {
  const lastLine = document.lineAt(document.lineCount - 1);
  const editor = vscode.window.visibleTextEditors.find((candidate) => candidate.document === document);
  return {
    scheme: document.uri.scheme,
    paths: await pathsOf(document.uri),
    languageId: document.languageId,
    isWritable: vscode.workspace.fs.isWritableFileSystem(document.uri.scheme) ?? true,
    cursors: editor?.selections.length ?? 1,
    characters: document.offsetAt(lastLine.range.end),
  };
}

export async function queryOf(
  document: vscode.TextDocument,
  position: vscode.Position,
  context: vscode.InlineCompletionContext,
  settings: CompletionSettings,
  doNotRead: DoNotRead,
): Promise<Query> {
  const line = document.lineAt(position).text;
  const offset = document.offsetAt(position);
  const byHand = context.triggerKind === vscode.InlineCompletionTriggerKind.Invoke;
  const mustStartWith = missingOf(document, position, context.selectedCompletionInfo);
  const place = await placeOf(document);
  return {
    document: liveDocument(document),
    place,
    settings: { ...settings, doNotRead },
    offset,
    line: position.line + 1,
    mustStartWith,
    request: {
      maxTokens: settings.maxTokens,
      extent: extentAt({ before: line.slice(0, position.character), after: line.slice(position.character) }, settings.extent),
      speculation: settings.speculation,
    },
    debounceMilliseconds: byHand ? 0 : settings.debounceMilliseconds,
    lineEnding: document.eol === vscode.EndOfLine.CRLF ? '\r\n' : '\n',
  };
}

function missingOf(
  document: vscode.TextDocument,
  position: vscode.Position,
  selected: vscode.SelectedCompletionInfo | undefined,
): string | undefined {
  if (!selected) return '';
  const { range, text } = selected;
  return missingPart({
    text,
    typed: document.getText(range.with(undefined, position)),
    replacesAfter: Math.max(0, document.offsetAt(range.end) - document.offsetAt(position)),
  });
}
