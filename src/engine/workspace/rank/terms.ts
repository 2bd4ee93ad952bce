const identifier = /[\p{L}_$][\p{L}\p{N}_$]*/gu;
const maxIdentifierLength = 80;

/** Identifiers of a text in order, repeats included; single characters name nothing worth finding. */
export function identifiersOf(text: string): string[] {
  const found = text.match(identifier) ?? [];
  return found.filter((name) => name.length > 1 && name.length <= maxIdentifierLength);
}

/** The words in an identifier, in lower case and reduced to their stems: `parseHTTPHeaders` gives pars, http, header. */
export function wordsOf(name: string): string[] {
  const parts = name.match(/\p{Lu}+(?!\p{Ll})|\p{Lu}?[\p{Ll}\p{Lo}]+|\p{N}+/gu) ?? [];
  return parts.filter((part) => part.length > 1).map((part) => stem(part.toLowerCase()));
}

/**
 * Takes common English endings off, so that "parsing", "parses" and "parsed" meet. Lighter than a full stemmer: names in
 * code are short, and two different names must not become one.
 */
export function stem(word: string): string {
  if (word.length <= 4) return word.length === 4 ? word.replace(/(?<![isu])s$/, '') : word;
  return word
    .replace(/(?:ies|ied|ie|y)$/, 'i')
    .replace(/(?<=[xz]|ss|[cs]h)es$|(?<![isu])s$/, '')
    .replace(/(?<=...)(?:ing|ed)$/, '')
    .replace(/(?<=...[^e])e$/, '');
}
