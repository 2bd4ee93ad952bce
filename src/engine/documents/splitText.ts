/**
 * Where a text may be cut so that its pieces tokenise, each alone, to what the whole tokenises to.
 *
 * The pre-tokeniser never joins a line's last line break to the next line's first character other than white space: a cut
 * behind a line break is safe when the next line is not blank. (Blank lines are: their breaks form one token with those
 * before.) Normalisation cannot cross the cut either, since a line break composes with nothing.
 */
const safeCut = /[\r\n](?=[ \t]*[^\s\u0085\ufeff])/g;

/** Pieces are at least this long where the text allows: a file of 30,000 lines has a thousand of them, not 30,000. */
const targetLength = 1024;

/**
 * A stretch without a safe cut (a minified line, a thousand blank lines) is cut by force every so many characters, since
 * byte-pair merging takes quadratic time. Its tokens then depend on where the stretch begins, and on nothing else.
 */
export const longestPiece = 2048;

export interface Piece {
  readonly text: string;
  /** It begins at a forced cut and belongs together with the piece before. */
  readonly continues: boolean;
}

export function splitText(text: string): Piece[] {
  const pieces: Piece[] = [];
  let start = 0;
  let stretch = 0;
  const flush = (end: number) => {
    if (end > start) pieces.push({ text: text.slice(start, end), continues: false });
    start = end;
  };
  for (const end of stretchEnds(text)) {
    if (end - stretch > longestPiece) {
      flush(stretch);
      pieces.push(...splitByForce(text.slice(stretch, end)));
      start = end;
    } else if (end - start >= targetLength) {
      flush(end);
    }
    stretch = end;
  }
  flush(text.length);
  return pieces;
}

function* stretchEnds(text: string): Iterable<number> {
  for (const match of text.matchAll(safeCut)) yield match.index + 1;
  if (text.length > 0) yield text.length;
}

function splitByForce(stretch: string): Piece[] {
  const pieces: Piece[] = [];
  for (let start = 0; start < stretch.length;) {
    let end = Math.min(start + longestPiece, stretch.length);
    if (end < stretch.length && splitsPair(stretch, end)) end--;
    pieces.push({ text: stretch.slice(start, end), continues: start > 0 });
    start = end;
  }
  return pieces;
}

/** Whether the offset lies between the two halves of a surrogate pair. */
export function splitsPair(text: string, offset: number): boolean {
  return offset > 0 && offset < text.length && isHigh(text.charCodeAt(offset - 1)) && isLow(text.charCodeAt(offset));
}

const isHigh = (unit: number) => unit >= 0xd800 && unit < 0xdc00;
const isLow = (unit: number) => unit >= 0xdc00 && unit < 0xe000;
