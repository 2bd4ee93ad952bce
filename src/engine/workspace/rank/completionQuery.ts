import { isCommonInCode } from './commonWords';
import type { LexicalQuery } from './lexicalIndex';
import { identifiersOf, wordsOf } from './terms';

/** Distance in lines at which an identifier counts half, before and behind the cursor. */
const halfWeightLines = { before: 8, behind: 4 };
const maxLines = { before: 60, behind: 20 };
/** The longest query: more terms cost time and add little. */
const maxIdentifiers = 48;
/** Words are more common than whole names, so only the nearest names are taken apart. */
const maxNamesForWords = 12;

/**
 * The identifiers around a cursor, the closer the heavier; one that stands there several times counts for its closest.
 * What is typed of the current line counts, the rest of it does not: it is about to be written.
 */
export function identifiersAround(text: string, offset: number): Map<string, number> {
  const weights = new Map<string, number>();
  const take = (lines: readonly string[], half: number, first: number) => {
    lines.forEach((line, index) => {
      const weight = 0.5 ** ((index + first) / half);
      for (const name of identifiersOf(line)) if (!isCommonInCode(name)) weights.set(name, Math.max(weights.get(name) ?? 0, weight));
    });
  };
  take(linesBefore(text, offset), halfWeightLines.before, 0);
  take(linesBehind(text, offset), halfWeightLines.behind, 1);
  return new Map([...weights].sort((a, b) => b[1] - a[1]).slice(0, maxIdentifiers));
}

/** The words of the identifiers, each as heavy as its heaviest identifier. */
export function wordsIn(identifiers: Iterable<readonly [string, number]>): Map<string, number> {
  const words = new Map<string, number>();
  for (const [name, weight] of identifiers) {
    for (const word of wordsOf(name)) words.set(word, Math.max(words.get(word) ?? 0, weight));
  }
  return words;
}

export function completionQuery(text: string, offset: number): Pick<LexicalQuery, 'identifiers' | 'words'> {
  const identifiers = identifiersAround(text, offset);
  return { identifiers, words: wordsIn([...identifiers].slice(0, maxNamesForWords)) };
}

/** The nearest first; the first is what is typed of the current line. */
function linesBefore(text: string, offset: number): string[] {
  return text.slice(0, offset).split('\n').slice(-maxLines.before).reverse();
}

function linesBehind(text: string, offset: number): string[] {
  const lineEnd = text.indexOf('\n', offset);
  return lineEnd < 0 ? [] : text.slice(lineEnd + 1).split('\n', maxLines.behind);
}
