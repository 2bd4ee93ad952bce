import type { Vocabulary } from '../../model';

const lineFeed = 0x0a;

/** For each token the line in which it begins. @param firstLine that of the first token */
export function tokenLines(tokens: ArrayLike<number>, firstLine: number, vocabulary: Vocabulary): Int32Array {
  const lines = new Int32Array(tokens.length);
  let line = firstLine;
  for (let i = 0; i < tokens.length; i++) {
    lines[i] = line;
    for (const byte of vocabulary.bytesOf(tokens[i])) if (byte === lineFeed) line++;
  }
  return lines;
}
