/** The bytes of every ordinary token, laid out one after the other. Special tokens have none. */
export class Vocabulary {
  /** @param offsets token i is `bytes[offsets[i] .. offsets[i + 1])` */
  private constructor(private readonly bytes: Uint8Array, private readonly offsets: Uint32Array) {}

  /**
   * Reads the text of a `.tiktoken` file: a line a token, its bytes in base64 and its rank, ranks counted from 0.
   *
   * @throws RangeError naming the first line that is otherwise
   */
  static parse(text: string): Vocabulary {
    const lines = text.trimEnd().split('\n');
    const bytes = Buffer.allocUnsafe(text.length);
    const offsets = new Uint32Array(lines.length + 1);
    lines.forEach((line, rank) => {
      const space = line.indexOf(' ');
      if (line.slice(space + 1) !== String(rank)) throw new RangeError(`line ${rank + 1} does not hold the token of rank ${rank}`);
      offsets[rank + 1] = offsets[rank] + bytes.write(line.slice(0, space), offsets[rank], 'base64');
    });
    return new Vocabulary(Uint8Array.from(bytes.subarray(0, offsets[lines.length])), offsets);
  }

  /** Ordinary tokens; higher ids are special or unused. */
  get size(): number {
    return this.offsets.length - 1;
  }

  /** Empty for a special or unused token. */
  bytesOf(token: number): Uint8Array {
    return token < this.size ? this.bytes.subarray(this.offsets[token], this.offsets[token + 1]) : emptyBytes;
  }

  lengthOf(token: number): number {
    return token < this.size ? this.offsets[token + 1] - this.offsets[token] : 0;
  }

  /** Whether a token begins with some bytes or is equal to them. Without copying: it is asked for every token. */
  startsWith(token: number, start: Uint8Array): boolean {
    if (start.length > this.lengthOf(token)) return false;
    const offset = this.offsets[token];
    for (let i = 0; i < start.length; i++) if (this.bytes[offset + i] !== start[i]) return false;
    return true;
  }

  /** The bytes of tokens in a row. */
  join(tokens: ArrayLike<number>): Uint8Array {
    const parts = Array.from(tokens, (token) => this.bytesOf(token));
    return Buffer.concat(parts);
  }
}

const emptyBytes = new Uint8Array(0);
