import type { Workspace } from '../../../workspace';
import type { Evidence } from './evidence';
import { evidenceFrom } from './evidenceFrom';
import { comment } from './excerpt';
import { weightIn, type QueryTerms } from './queryTerms';

const mostLines = 10;
const mostComment = 3;
const quotedLines = 6;
/** The name that a line gives a value: `limit = 5`, `limit: int = 5`, `limit[] = {`, `#define limit 5`. */
const assigned = /(?<![\p{L}\p{N}_$.])([\p{L}_$][\p{L}\p{N}_$]*)\s*(?::(?!=)[^=()]{1,120})?(?:\[\w*\])*\s*:?=(?![=>])|^\s*#\s*define\s+([\p{L}_$][\p{L}\p{N}_$]*)\s+\S/u;
const macro = /^\s*#\s*define\s/;
/** Longer lines are data, or made by machines. */
const longestLine = 400;
const computed = /=>|\bfunction\b/;
const literal = /["'`\d]/;

/**
 * The values of a file that a question may be after, the best first: limits, defaults and tables whose names have a word of
 * it. Code declares them apart from the lines that say in words what is done with them.
 */
export function valuesOf(workspace: Workspace, path: string, lines: readonly string[], terms: QueryTerms): Evidence[] {
  const found: { readonly value: Evidence; readonly weight: number }[] = [];
  for (const [line, text] of lines.entries()) {
    const match = text.length > longestLine ? null : assigned.exec(text);
    if (match === null || (comment.test(text) && !macro.test(text)) || computed.test(text)) continue;
    const name = match.slice(1).find((group) => typeof group === 'string') ?? '';
    if (terms.in(name).length === 0 || !declares(workspace, path, name, line + 1)) continue;
    const end = endOfValue(lines, line);
    if (!literal.test(lines.slice(line, end).join('\n').slice(match.index + match[0].length - 1))) continue;
    let start = line;
    while (start > Math.max(0, line - mostComment) && comment.test(lines[start - 1])) start--;
    const told = lines.slice(start, end);
    const excerpt = { start, end, score: weightIn(told, terms), terms: [...new Set(told.flatMap((one) => terms.in(one)))] };
    const evidence = evidenceFrom({ path, startLine: 1 }, lines, excerpt, terms);
    found.push({ weight: excerpt.score, value: { ...evidence, quote: told.slice(0, quotedLines).join('\n'), quoteLine: start + 1 } });
  }
  return found.sort((a, b) => b.weight - a.weight).map(({ value }) => value);
}

/** What a function keeps for itself is declared for nobody. */
function declares(workspace: Workspace, path: string, name: string, line: number): boolean {
  return workspace.declaring(name).some((place) => place.path === path && place.startLine <= line && place.endLine >= line);
}

/** Up to where the brackets that it opens are closed, within bounds. */
function endOfValue(lines: readonly string[], start: number): number {
  let open = 0;
  const last = Math.min(lines.length, start + mostLines);
  for (let line = start; line < last; line++) {
    open += (lines[line].match(/[([{]/g)?.length ?? 0) - (lines[line].match(/[)\]}]/g)?.length ?? 0);
    if (open <= 0 && !/[=,\\(]\s*$/.test(lines[line])) return line + 1;
  }
  return last;
}
