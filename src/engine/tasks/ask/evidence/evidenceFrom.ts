import { fileName } from '../../../workspace/paths';
import type { Segment } from '../../../workspace';
import type { Evidence } from './evidence';
import type { Excerpt } from './excerpt';

const longestLabel = 120;

/** The lines of an excerpt as evidence, with the place they have in the file. */
export function evidenceFrom(from: Pick<Segment, 'path' | 'startLine' | 'definitions'>, lines: readonly string[], { start, end, terms }: Excerpt): Evidence {
  const taken = lines.slice(start, end);
  return {
    path: from.path,
    startLine: from.startLine + start,
    endLine: from.startLine + Math.max(start, end - 1),
    label: labelOf(taken, from.definitions),
    because: terms.map((term) => term.replace(/^~/, '')).join(' '),
    text: taken.join('\n'),
    language: languageOf(from.path),
  };
}

/** The line of the first declaration, else the first line that says something. */
function labelOf(lines: readonly string[], definitions: readonly string[]): string {
  const declares = lines.find((line) => definitions.some((name) => new RegExp(`(?<![\\p{L}\\p{N}_$])${escape(name)}(?![\\p{L}\\p{N}_$])`, 'u').test(line)));
  const label = declares ?? lines.find((line) => /[\p{L}\p{N}]/u.test(line)) ?? '';
  return label.trim().slice(0, longestLabel);
}

function escape(name: string): string {
  return name.replace(/[$]/g, '\\$&');
}

/** What Markdown calls the language: the ending of the file's name. */
export function languageOf(path: string): string {
  return /\.([A-Za-z0-9+]{1,8})$/.exec(fileName(path))?.[1].toLowerCase() ?? '';
}
