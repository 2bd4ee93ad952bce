import { identifiersOf, questionQuery, wordsOf } from '../../../workspace';

const weightOfOther = 0.4;

/** Words of questions that tell nothing about where the answer is; they stand in many comments. */
const little: ReadonlySet<string> = new Set(
  `after again at as before come comes down every go goes happen happens have having kind left long many may more most much nothing off
  once out outside over own put several something still take takes taken tell tells there though told turn turns twice under unless until
  up very way ways were whatever whether while whose within without`.split(/\s+/),
);

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
 * @param other words that the answer may have in place of the question's
 */
export function queryTerms(question: string, texts: readonly string[], other: readonly string[] = []): QueryTerms {
  const query = questionQuery(question);
  const isTelling = (word: string) => !little.has(word);
  const identifiers = new Map([...query.identifiers].filter(([name]) => isTelling(name.toLowerCase())));
  const littleStems = new Set([...little].flatMap(wordsOf));
  const words = new Map([...query.words].filter(([word]) => !littleStems.has(word)));
  const more = new Set(other.flatMap(wordsOf).filter((word) => !words.has(word)));
  const termsIn = (text: string): string[] => {
    const names = identifiersOf(text);
    const stems = names.flatMap(wordsOf);
    return [...new Set([...names.filter((name) => identifiers.has(name)), ...stems.filter((stem) => words.has(stem) || more.has(stem)).map(asWord)])];
  };
  const frequency = new Map<string, number>();
  for (const text of texts) for (const term of termsIn(text)) frequency.set(term, (frequency.get(term) ?? 0) + 1);
  return {
    in: termsIn,
    weightOf(term) {
      const rarity = Math.log(1 + (texts.length + 1) / ((frequency.get(term) ?? 0) + 0.5));
      return rarity * (identifiers.get(term) ?? words.get(term.slice(1)) ?? weightOfOther);
    },
  };
}

/** A stem and a name of the same letters are two terms. */
function asWord(stem: string): string {
  return `~${stem}`;
}
