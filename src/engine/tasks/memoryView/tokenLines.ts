import type { Vocabulary } from '../../model';

const lineFeed = 0x0a;

/** In which lines tokens have a character; a line's break belongs to the line. */
export class TokenLines {
  /** @param first, last of each token: a line break with what follows may be one token */
  private constructor(private readonly first: Int32Array, private readonly last: Int32Array) {}

  /** @param firstLine that of the first token */
  static of(tokens: ArrayLike<number>, firstLine: number, vocabulary: Vocabulary): TokenLines {
    const [first, last] = [new Int32Array(tokens.length), new Int32Array(tokens.length)];
    let line = firstLine;
    for (let i = 0; i < tokens.length; i++) {
      const bytes = vocabulary.bytesOf(tokens[i]);
      const breaks = bytes.reduce((count, byte) => (byte === lineFeed ? count + 1 : count), 0);
      first[i] = line;
      line += breaks;
      last[i] = bytes.at(-1) === lineFeed ? line - 1 : line;
    }
    return new TokenLines(first, last);
  }

  get length(): number {
    return this.first.length;
  }

  firstOf(token: number): number {
    return this.first[token];
  }

  lastOf(token: number): number {
    return this.last[token];
  }

  /** Tokens `start` to `end - 1`. */
  slice(start: number, end = this.length): TokenLines {
    return new TokenLines(this.first.subarray(start, end), this.last.subarray(start, end));
  }

  /** Without the lines before one. @returns how many tokens lie before it altogether, and the others */
  from(line: number): { readonly skipped: number; readonly rest: TokenLines } {
    const found = this.last.findIndex((last) => last >= line);
    const skipped = found < 0 ? this.length : found;
    const { first, last } = this.slice(skipped);
    return { skipped, rest: new TokenLines(first.map((one) => Math.max(one, line)), last) };
  }
}
