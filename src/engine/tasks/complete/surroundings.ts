import type { CompletionRequest } from '../../../protocol';

/** The text around the cursor, as far as rules and filters look. */
export interface Surroundings {
  /** The characters before the cursor. */
  readonly before: string;
  /** The characters behind it. */
  readonly after: string;
  readonly extent: CompletionRequest['extent'];
}

/** Characters that rules look at on either side: some eighty lines. */
export const surroundingLength = 4000;

/** Closing brackets and quotes, separators and white space: what an editor puts behind the cursor by itself, and no more. */
const closers = /^[\s)\]}>"'`;,]*$/;

export function isOnlyClosers(text: string): boolean {
  return closers.test(text);
}

export function lineBefore({ before }: Surroundings): string {
  return before.slice(Math.max(before.lastIndexOf('\n'), before.lastIndexOf('\r')) + 1);
}

export function lineAfter({ after }: Surroundings): string {
  return /^[^\r\n]*/.exec(after)?.[0] ?? '';
}

/** Whether code stands behind the cursor in its line: what is inserted must then fit into that line. */
export function isInsideLine(surroundings: Surroundings): boolean {
  return !isOnlyClosers(lineAfter(surroundings));
}

/** Width of a line's leading white space; a tab is as wide as four spaces. */
export function indentationOf(line: string): number {
  const white = /^[ \t]*/.exec(line)?.[0] ?? '';
  return Array.from(white).reduce((width, character) => width + (character === '\t' ? 4 : 1), 0);
}

/** Lines with where they start; line breaks left out. */
export function linesOf(text: string): { readonly line: string; readonly start: number; readonly complete: boolean }[] {
  const lines: { line: string; start: number; complete: boolean }[] = [];
  let start = 0;
  for (const match of text.matchAll(/\r\n|\r|\n/g)) {
    lines.push({ line: text.slice(start, match.index), start, complete: true });
    start = match.index + match[0].length;
  }
  lines.push({ line: text.slice(start), start, complete: false });
  return lines;
}
