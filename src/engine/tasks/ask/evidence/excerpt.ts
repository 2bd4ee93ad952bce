import type { QueryTerms } from './queryTerms';

/** Whole lines of a text that have to do with a question. */
export interface Excerpt {
  /** 0-based, `end` exclusive. */
  readonly start: number;
  readonly end: number;
  /** Weights of the question's terms in it, each counted once. */
  readonly score: number;
  readonly terms: readonly string[];
}

/** Reads like the beginning of a declaration. */
export const declaration = /^\s*(?:@|export |pub|public|private|protected|static|async |def |class |func |fn |function |interface |struct |enum |trait |impl|type |const |let |var |template|inline )/;
/** A comment, or an annotation: it belongs to what follows. */
export const comment = /^\s*(?:\/\/|@|#\[|\/\*|\*|#|"""|--)/;
/** Lines above the best ones in which the beginning of what they belong to is looked for. */
const lookback = 8;

/** Where in a text an excerpt is looked for: 0-based lines, `end` exclusive. */
export interface Bounds {
  readonly start: number;
  readonly end: number;
}

/**
 * The best run of at most `most` lines within the bounds: the one whose terms weigh most, then the shorter one. It begins at
 * the declaration or comment that its first line belongs to, where that is near, and may go on behind the bounds.
 */
export function bestExcerpt(lines: readonly string[], terms: QueryTerms, most: number, bounds: Bounds = { start: 0, end: lines.length }): Excerpt {
  const last = Math.min(bounds.end, lines.length);
  let best: Excerpt = { start: bounds.start, end: Math.min(last, bounds.start + most), score: 0, terms: [] };
  for (let start = bounds.start; start < last; start++) {
    if (terms.in(lines[start]).length === 0) continue;
    const seen = new Set<string>();
    let score = 0;
    for (let end = start; end < Math.min(last, start + most); end++) {
      const fresh = terms.in(lines[end]).filter((term) => !seen.has(term));
      if (fresh.length === 0) continue;
      for (const term of fresh) {
        seen.add(term);
        score += terms.weightOf(term);
      }
      if (score > best.score + 1e-9) best = { start, end: end + 1, score, terms: [...seen] };
    }
  }
  return best;
}

/** Gives room to an excerpt: to the beginning of its declaration first, then to what follows. */
export function widened(lines: readonly string[], excerpt: Excerpt, most: number): Excerpt {
  let { start, end } = excerpt;
  const furthest = Math.max(0, start - lookback, end - most);
  for (let line = start; line >= furthest && !comment.test(lines[start]); line--) {
    const encloses = line === start || indentation(lines[line]) < indentation(lines[start]);
    if (!encloses || !declaration.test(lines[line])) continue;
    start = line;
    break;
  }
  while (start > furthest && comment.test(lines[start - 1])) start--;
  end = Math.max(end, Math.min(lines.length, start + most));
  while (start < end - 1 && lines[start].trim() === '') start++;
  while (end > start + 1 && lines[end - 1].trim() === '') end--;
  return { ...excerpt, start, end };
}

function indentation(line: string): number {
  return line.length - line.trimStart().length;
}
