/** What the suggest widget has selected, and how it lies around the cursor. */
export interface SelectedCompletion {
  /** The text that the widget would insert in place of its range. */
  readonly text: string;
  /** The document's text from the start of that range to the cursor. */
  readonly typed: string;
  /** How many characters behind the cursor the widget would replace. */
  readonly replacesAfter: number;
}

/**
 * A suggestion that is shown beside the suggest widget must continue what is selected there. @returns what is still missing
 * of the selected text at the cursor, with which the suggestion must start; undefined when the selected text does not
 * continue what was typed (matched loosely, or replacing what stands behind the cursor), so that only silence is left
 */
export function missingPart({ text, typed, replacesAfter }: SelectedCompletion): string | undefined {
  return replacesAfter === 0 && text.startsWith(typed) ? text.slice(typed.length) : undefined;
}
