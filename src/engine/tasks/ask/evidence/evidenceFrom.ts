import type { Source } from '../../../../protocol';
import { fileName } from '../../../workspace/paths';
import type { Evidence } from './evidence';
import { bestExcerpt, declaration, widened, type Excerpt } from './excerpt';
import type { QueryTerms } from './queryTerms';

const longestLabel = 120;
const quotedLines = 4;
const longestQuote = 400;

/** The lines of an excerpt as evidence, with the place they have in the file. */
export function evidenceFrom(from: Pick<Source, 'path' | 'startLine'>, lines: readonly string[], { start, end, terms: found }: Excerpt, terms: QueryTerms): Evidence {
  const taken = lines.slice(start, end);
  const quote = widened(taken, bestExcerpt(taken, terms, quotedLines), quotedLines);
  return {
    path: from.path,
    startLine: from.startLine + start,
    endLine: from.startLine + Math.max(start, end - 1),
    label: labelOf(taken),
    because: found.map((term) => term.replace(/^~/, '')).join(' '),
    text: taken.join('\n'),
    language: languageOf(from.path),
    quote: taken.slice(quote.start, quote.end).join('\n').slice(0, longestQuote),
    quoteLine: from.startLine + start + quote.start,
  };
}

/** The line of the first declaration, else the first line that says something. */
function labelOf(lines: readonly string[]): string {
  const label = lines.find((line) => declaration.test(line)) ?? lines.find((line) => /[\p{L}\p{N}]/u.test(line)) ?? '';
  return label.trim().slice(0, longestLabel);
}

/** What Markdown calls the language: the ending of the file's name. */
export function languageOf(path: string): string {
  return /\.([A-Za-z0-9+]{1,8})$/.exec(fileName(path))?.[1].toLowerCase() ?? '';
}
