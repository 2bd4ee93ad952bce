import type { Vocabulary } from '../model';

/** Tokens of each of two texts up to a boundary that both have, before which they say the same. */
export interface CommonSpelling {
  readonly held: number;
  readonly wanted: number;
}

/** Re-reading up to so many tokens in the tokenizer's own spelling is better than keeping another. */
const cheapTokens = 4;

/**
 * How much of what the cache holds can stay for a text. Tokens that are equal can. Where they differ, the same characters
 * may still be there in another spelling: a model may have written `re` + `turn` where the tokenizer says `return`. If
 * correcting the spelling would mean to read much again, the held spelling stays.
 */
export function commonSpelling(held: readonly number[], wanted: Int32Array, vocabulary: Vocabulary): CommonSpelling {
  let equal = 0;
  while (equal < held.length && equal < wanted.length && held[equal] === wanted[equal]) equal++;
  if (wanted.length - equal <= cheapTokens) return { held: equal, wanted: equal };
  return alignBytes(held, wanted, equal, vocabulary);
}

function alignBytes(held: readonly number[], wanted: Int32Array, equal: number, vocabulary: Vocabulary): CommonSpelling {
  let common = { held: equal, wanted: equal };
  const left = new ByteReader(held, equal, vocabulary);
  const right = new ByteReader(wanted, equal, vocabulary);
  for (;;) {
    if (left.atBoundary && right.atBoundary) common = { held: left.token, wanted: right.token };
    const byte = left.next();
    if (byte === undefined || byte !== right.next()) return common;
  }
}

/** Reads the bytes of tokens one by one. */
class ByteReader {
  private bytes: Uint8Array | undefined;
  private offset = 0;

  constructor(private readonly tokens: ArrayLike<number>, public token: number, private readonly vocabulary: Vocabulary) {}

  get atBoundary(): boolean {
    return this.offset === 0;
  }

  /** Undefined at the end, and at a special token: that is no text. */
  next(): number | undefined {
    if (this.token >= this.tokens.length) return undefined;
    this.bytes ??= this.vocabulary.bytesOf(this.tokens[this.token]);
    if (this.bytes.length === 0) return undefined;
    const byte = this.bytes[this.offset++];
    if (this.offset === this.bytes.length) {
      this.offset = 0;
      this.token++;
      this.bytes = undefined;
    }
    return byte;
  }
}
