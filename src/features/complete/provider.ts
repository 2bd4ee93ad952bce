import * as vscode from 'vscode';
import { readCompletionSettings } from '../settings';
import type { Completer } from './completer';
import { DoNotRead } from './doNotRead';
import { queryOf } from './query';
import type { Suggestion } from './shownSuggestion';

/** Ghost text: puts the editor's question into the completer's words, and its answer into the editor's. */
export class CompletionProvider implements vscode.InlineCompletionItemProvider {
  #doNotRead: { readonly key: string; readonly compiled: DoNotRead } | undefined;

  constructor(private readonly completer: Completer) {}

  async provideInlineCompletionItems(
    document: vscode.TextDocument,
    position: vscode.Position,
    context: vscode.InlineCompletionContext,
    token: vscode.CancellationToken,
  ): Promise<vscode.InlineCompletionItem[]> {
    const settings = readCompletionSettings(document);
    const version = document.version;
    const query = await queryOf(document, position, context, settings, this.#compiled(settings.doNotRead));
    // Typed on while the path was looked up: another question is on its way.
    if (token.isCancellationRequested || document.version !== version) return [];
    const suggestion = await this.completer.complete(query, token);
    return suggestion ? [itemOf(document, position, context, suggestion)] : [];
  }

  /** Compiled once for as long as the setting stays the same, not at each keystroke. */
  #compiled(globs: readonly string[]): DoNotRead {
    const key = JSON.stringify(globs);
    if (this.#doNotRead?.key !== key) this.#doNotRead = { key, compiled: new DoNotRead(globs) };
    return this.#doNotRead.compiled;
  }
}

/** Beside the suggest widget the item must cover the widget's range and begin with what is selected there. */
function itemOf(
  document: vscode.TextDocument,
  position: vscode.Position,
  context: vscode.InlineCompletionContext,
  { text, replaces }: Suggestion,
): vscode.InlineCompletionItem {
  const selected = context.selectedCompletionInfo;
  if (!selected) {
    return new vscode.InlineCompletionItem(text, new vscode.Range(position, position.translate(0, replaces)));
  }
  const typed = document.getText(selected.range.with(undefined, position));
  return new vscode.InlineCompletionItem(typed + text, selected.range);
}
