import { isCommonInProse } from './commonWords';
import type { LexicalQuery } from './lexicalIndex';
import { identifiersOf, wordsOf } from './terms';

/** A name written as in code is meant as such; a plain word may be anything. */
const symbolWeight = 3;

/** The words and symbols of a question. `parse_header` counts as a symbol and by its words. */
export function questionQuery(question: string): Pick<LexicalQuery, 'identifiers' | 'words'> {
  const identifiers = new Map<string, number>();
  const words = new Map<string, number>();
  for (const name of identifiersOf(question)) {
    const symbol = isSymbol(name);
    if (!symbol && isCommonInProse(name)) continue;
    identifiers.set(name, symbol ? symbolWeight : 1);
    for (const word of wordsOf(name)) words.set(word, 1);
  }
  return { identifiers, words };
}

/** Written as only code writes: an underscore, a dollar sign, or a capital after a small letter. */
function isSymbol(name: string): boolean {
  return /[_$]|\p{Ll}\p{Lu}/u.test(name);
}
