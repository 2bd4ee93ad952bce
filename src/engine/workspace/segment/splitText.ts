/** How far from the middle a space is still preferred to cutting a word, as a share of the text. */
const searchShare = 0.25;

/** Two non-empty halves of a text of at least two characters, cut behind a space near the middle, never inside a character. */
export function splitInHalf(text: string): [string, string] {
  const at = cutPoint(text);
  return [text.slice(0, at), text.slice(at)];
}

function cutPoint(text: string): number {
  const middle = text.length >> 1;
  const reach = Math.floor(text.length * searchShare);
  for (let distance = 0; distance < reach; distance++) {
    if (isSpace(text, middle + distance - 1)) return middle + distance;
    if (isSpace(text, middle - distance - 1)) return middle - distance;
  }
  return insideSurrogatePair(text, middle) && text.length > 2 ? middle + 1 : middle;
}

function isSpace(text: string, index: number): boolean {
  return index >= 0 && /\s/.test(text.charAt(index));
}

function insideSurrogatePair(text: string, at: number): boolean {
  return /^[\uD800-\uDBFF][\uDC00-\uDFFF]$/.test(text.slice(at - 1, at + 1));
}
