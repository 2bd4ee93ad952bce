import { identifiersOf, questionQuery, wordsOf } from '../../../workspace';

/** What a line of text has in common with a question. */
export interface QueryTerms {
  /** Terms of the question that a line contains: names as written, and stems of words. */
  in(line: string): readonly string[];
  /** How much a term tells: names more than words, rare ones more than common ones. */
  weightOf(term: string): number;
}

/**
 * The terms of a question, weighed by how rare they are in the texts that compete for its evidence.
 *
 * @param texts of the candidates
 */
export function queryTerms(question: string, texts: readonly string[]): QueryTerms {
  const { identifiers, words } = questionQuery(question);
  const termsIn = (text: string): string[] => {
    const names = identifiersOf(text);
    const stems = names.flatMap(wordsOf);
    return [...new Set([...names.filter((name) => identifiers.has(name)), ...stems.filter((stem) => words.has(stem)).map(asWord)])];
  };
  const frequency = new Map<string, number>();
  for (const text of texts) for (const term of termsIn(text)) frequency.set(term, (frequency.get(term) ?? 0) + 1);
  return {
    in: termsIn,
    weightOf(term) {
      const rarity = Math.log(1 + (texts.length + 1) / ((frequency.get(term) ?? 0) + 0.5));
      return rarity * (identifiers.get(term) ?? words.get(term.slice(1)) ?? 1);
    },
  };
}

/** A stem and a name of the same letters are two terms. */
function asWord(stem: string): string {
  return `~${stem}`;
}
