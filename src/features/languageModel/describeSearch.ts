import type { SearchResult } from '../../protocol';
import { describeReasons } from '../complete/remembered';

/** Segments as text for a language model: where each stands, why it was found, and its lines. */
export function describeSearch(query: string, { segments, files, reason }: SearchResult): string {
  if (reason !== undefined) return `Nothing was searched: ${reason}`;
  if (segments.length === 0) return `None of the ${files} files of the workspace has to do with "${query}".`;
  return segments.map(({ path, startLine, endLine, text, why }) => {
    const reasons = describeReasons(why).join('; ');
    const fence = fenceAround(text);
    return `${path}:${startLine}-${endLine}${reasons === '' ? '' : ` (${reasons})`}\n${fence}\n${text}\n${fence}`;
  }).join('\n\n');
}

/** Longer than any run of backticks in the text, so that no file can end its own quotation. */
function fenceAround(text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  return '`'.repeat(longest + 1);
}
