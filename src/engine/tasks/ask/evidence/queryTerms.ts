import { identifiersOf, questionQuery, wordsOf } from '../../../workspace';

const weightOfOther = 0.4;
/** Of a plain word that stands as it is, beside that of its stem, which it always has as well. */
const weightOfSameForm = 0.4;

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
  // Lines are asked for as they were counted.
  const known = new Map<string, readonly string[]>();
  const termsIn = (text: string): readonly string[] => {
    const seen = known.get(text);
    if (seen !== undefined) return seen;
    const names = identifiersOf(text);
    const stems = names.flatMap(wordsOf);
    const terms = [...new Set([...names.filter((name) => identifiers.has(name)), ...stems.filter((stem) => words.has(stem) || more.has(stem)).map(asWord)])];
    known.set(text, terms);
    return terms;
  };
  const frequency = new Map<string, number>();
  for (const text of texts) for (const term of new Set(text.split('\n').flatMap(termsIn))) frequency.set(term, (frequency.get(term) ?? 0) + 1);
  return {
    in: termsIn,
    weightOf(term) {
      const rarity = Math.log(1 + (texts.length + 1) / ((frequency.get(term) ?? 0) + 0.5));
      const asWritten = identifiers.get(term);
      if (asWritten !== undefined) return rarity * (asWritten > 1 ? asWritten : weightOfSameForm);
      return rarity * (words.get(term.slice(1)) ?? weightOfOther);
    },
  };
}

/** Weights of the question's terms in some lines, each counted once. */
export function weightIn(lines: readonly string[], terms: QueryTerms): number {
  return [...new Set(lines.flatMap((line) => terms.in(line)))].reduce((sum, term) => sum + terms.weightOf(term), 0);
}

/** A stem and a name of the same letters are two terms. */
function asWord(stem: string): string {
  return `~${stem}`;
}
