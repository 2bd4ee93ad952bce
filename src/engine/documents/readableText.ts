/** Longer texts are data, not code that a person writes at; in UTF-16 code units. */
export const longestText = 8_000_000;

/** Why a text cannot be completed in, by its length alone; undefined when it can. */
export function tooLong(length: number): string | undefined {
  if (length <= longestText) return undefined;
  return `The file has ${length.toLocaleString('en')} characters; files above ${longestText.toLocaleString('en')} are not read.`;
}
