import type { Vocabulary } from '../../model';

/** Tokens of the word at the cursor that are taken back at most: three spell nearly every beginning of a word. */
const mostTokens = 3;

/**
 * Token healing: how many tokens before the cursor are taken back, to be spelled again together with what follows. A
 * cursor inside a word stands inside a token (`retu` is `ret` + `u`, but `return` is one), and even at a word's end the
 * usual next token often includes the last character (`(` + `)` is one). One token is always taken back, more as long as the
 * first of them continues a word.
 */
export function tokensToHeal(text: Int32Array, vocabulary: Vocabulary): number {
  let count = Math.min(1, text.length);
  while (count > 0 && count < mostTokens && count < text.length) {
    const first = vocabulary.bytesOf(text[text.length - count]);
    const before = vocabulary.bytesOf(text[text.length - count - 1]);
    if (!isWordByte(first[0]) || !isWordByte(before[before.length - 1])) break;
    count++;
  }
  return count;
}

/** ASCII letters and everything outside ASCII: what the pre-tokeniser joins to words, nearly. */
function isWordByte(byte: number): boolean {
  return byte >= 0x80 || (byte >= 0x41 && byte <= 0x5a) || (byte >= 0x61 && byte <= 0x7a);
}
