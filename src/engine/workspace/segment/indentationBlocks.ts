import type { Block } from './block';

/**
 * Blocks by blank lines and indentation, for text without a grammar: paragraphs that begin at the least indentation, then
 * lines at that indentation, then the same one level further in.
 *
 * @param lines all lines of the file; `start` (inclusive) and `end` (exclusive) are 0-based.
 */
export function indentationBlocks(lines: readonly string[], start: number, end: number): Block[] {
  const base = leastIndentation(lines, start + 1, end);
  const paragraphs = boundaries(lines, start, end, base, (line) => isBlank(lines[line - 1]));
  const cuts = paragraphs.length > 0 ? paragraphs : boundaries(lines, start, end, base, () => true);
  if (cuts.length === 0) return [];
  return [start, ...cuts].map((from, index) => {
    const to = cuts[index] ?? end;
    return { start: from, end: to, declares: indentationOf(lines[from]) === 0, parts: () => indentationBlocks(lines, from, to) };
  });
}

/** Lines after the first that begin something at an indentation. */
function boundaries(
  lines: readonly string[],
  start: number,
  end: number,
  indentation: number,
  accepts: (line: number) => boolean,
): number[] {
  const found: number[] = [];
  for (let line = start + 1; line < end; line++) {
    if (opens(lines[line]) && indentationOf(lines[line]) === indentation && accepts(line)) found.push(line);
  }
  return found;
}

function leastIndentation(lines: readonly string[], start: number, end: number): number {
  let least = Infinity;
  for (let line = start; line < end; line++) {
    if (opens(lines[line])) least = Math.min(least, indentationOf(lines[line]));
  }
  return least;
}

/** A line that closes what came before (`}`, `end`) begins nothing. */
function opens(line: string): boolean {
  return !isBlank(line) && !/^\s*([\])}]|end\b)/.test(line);
}

export function isBlank(line: string): boolean {
  return line.trim() === '';
}

/** Width of the leading blanks, a tab counted as four. */
export function indentationOf(line: string): number {
  let width = 0;
  for (const character of line) {
    if (character === ' ') width += 1;
    else if (character === '\t') width += 4;
    else break;
  }
  return width;
}
