import { splitInHalf } from './splitText';
import type { TokenEncoder } from './segment';

/**
 * Byte pair encoding takes time in the square of an unbroken run, so a row is kept short, and a segment's characters are
 * charged at this rate at least: text that compresses better (runs of spaces) does not make longer segments.
 */
const maxRowCharacters = 1000;
const maxCharactersPerToken = 16;

/** The smallest piece that cutting moves: a line with its line break, or a piece of a line too long for one segment. */
export interface Row {
  readonly text: string;
  /** 0-based line it lies on. */
  readonly line: number;
  /** Tokens, or more for text that packs many characters into a token. */
  readonly cost: number;
}

/** The rows of a text, whose joined `text` is the text again, line by line. No row costs more than `maxCost`. */
export function* rowsOf(text: string, encoder: TokenEncoder, maxCost: number): Generator<void, Row[]> {
  const rows: Row[] = [];
  for (const [line, lineText] of linesOf(text).entries()) {
    for (const piece of piecesOf(lineText, encoder, maxCost)) rows.push({ ...piece, line });
    yield;
  }
  return rows;
}

/** Lines with their line breaks; a text that ends in a line break has no empty last line. */
export function linesOf(text: string): string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

function* piecesOf(text: string, encoder: TokenEncoder, maxCost: number): Generator<Omit<Row, 'line'>> {
  if (text.length <= maxRowCharacters) {
    const cost = Math.max(encoder.encode(text).length, Math.ceil(text.length / maxCharactersPerToken));
    if (cost <= maxCost || text.length <= 1) {
      yield { text, cost };
      return;
    }
  }
  for (const half of splitInHalf(text)) yield* piecesOf(half, encoder, maxCost);
}
