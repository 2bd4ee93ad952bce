import type { TextEdit } from '../../protocol';
import { closersBroughtBy } from './closers';

export interface Suggestion {
  /** What to insert at the cursor. */
  readonly text: string;
  /** How many UTF-16 units behind the cursor it replaces: brackets and quotes that the editor had closed by itself. */
  readonly replaces: number;
}

/**
 * The last suggestion of the model, followed through the edits of its document: as long as what was typed since agrees with
 * it, the rest of it is the answer and the model is not asked. Any edit elsewhere in the document changes what the model
 * would have read, before or behind the cursor, and ends it.
 */
export class ShownSuggestion {
  #shown: { readonly uri: string; readonly anchor: number; readonly text: string; typed: string } | undefined;

  /** @param anchor UTF-16 offset at which the text was suggested */
  show(uri: string, anchor: number, text: string): void {
    this.#shown = { uri, anchor, text, typed: '' };
  }

  forget(): void {
    this.#shown = undefined;
  }

  forgetIn(uri: string): void {
    if (this.#shown?.uri === uri) this.forget();
  }

  /** @param edits applied in order, each to the text after the ones before */
  edit(uri: string, edits: readonly TextEdit[]): void {
    const shown = this.#shown;
    if (shown?.uri !== uri) return;
    for (const { offset, deleteLength, insert } of edits) {
      const from = offset - shown.anchor;
      if (from < 0 || from + deleteLength > shown.typed.length) {
        this.forget();
        return;
      }
      shown.typed = shown.typed.slice(0, from) + insert + shown.typed.slice(from + deleteLength);
    }
  }

  /** What is left of it at the cursor; undefined when the typed text does not agree or nothing is left. */
  restAt(uri: string, offset: number): Suggestion | undefined {
    const shown = this.#shown;
    if (shown?.uri !== uri) return undefined;
    const cursor = offset - shown.anchor;
    if (cursor < 0 || cursor > shown.typed.length) return undefined;
    const typed = shown.typed.slice(0, cursor);
    const text = shown.text.slice(cursor);
    if (text === '' || !shown.text.startsWith(typed)) return undefined;
    const replaces = closersBroughtBy(text, shown.typed.slice(cursor));
    return replaces === undefined ? undefined : { text, replaces };
  }
}
