import { usageProblem } from './arguments';

/** A place in a file as editors count: line and column from 1, columns in UTF-16 code units. */
export interface Location {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** @throws ProblemError for anything but FILE:LINE:COL */
export function parseLocation(usage: string, text: string | undefined): Location {
  const match = /^(.+):(\d+):(\d+)$/s.exec(text ?? '');
  if (match === null) throw usageProblem(usage, text === undefined ? 'No place was given.' : `"${text}" is not FILE:LINE:COL.`);
  return { file: match[1], line: Number(match[2]), column: Number(match[3]) };
}

/**
 * The offset of a place in a text.
 *
 * @throws ProblemError when the text has no such place, saying what it has
 */
export function offsetOf(usage: string, text: string, { file, line, column }: Location): number {
  const starts = [0, ...Array.from(text.matchAll(/\r\n|\r|\n/g), (match) => match.index + match[0].length)];
  if (line < 1 || line > starts.length) throw usageProblem(usage, `${file} has lines 1 to ${starts.length}, so there is no line ${line}.`);
  const start = starts[line - 1];
  const length = /^[^\r\n]*/.exec(text.slice(start, line < starts.length ? starts[line] : undefined))?.[0].length ?? 0;
  if (column < 1 || column > length + 1) throw usageProblem(usage, `Line ${line} of ${file} has columns 1 to ${length + 1}, so there is no column ${column}.`);
  return start + column - 1;
}
