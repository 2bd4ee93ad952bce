import type { Vocabulary } from '../model';

/**
 * Text that the generated tokens must begin with: what was typed of the word at the cursor, whose tokens were taken back
 * (token healing), and what the suggest widget has selected.
 *
 * At every step two kinds of tokens may come: one that spells all that is left, and then may run on freely, or the next
 * token of the usual spelling. So the text takes no more tokens than usual, and only as many bytes are constrained as it
 * has. White space at its end may leave its last byte to the next token, one token more: an indented word is spelled as
 * all of the indentation but one space, then that space and the word.
 */
export class RequiredText {
  private next = 0;
  private remaining: Uint8Array;
  private typedLeft: number;

  /**
   * @param tokens the text in its usual spelling
   * @param typed how many bytes at its start stand in the document already
   */
  constructor(private readonly tokens: Int32Array, typed: number, private readonly vocabulary: Vocabulary) {
    this.remaining = vocabulary.join(tokens);
    this.typedLeft = typed;
  }

  get isSpelled(): boolean {
    return this.remaining.length === 0;
  }

  /** The usual tokens but for the last, which may run on: a good proposal. */
  get likely(): Int32Array {
    return this.tokens.slice(0, -1);
  }

  allows(token: number): boolean {
    return this.isSpelled || token === this.tokens[this.next] || this.vocabulary.startsWith(token, this.remaining) || this.leavesLastSpace(token);
  }

  private leavesLastSpace(token: number): boolean {
    const { remaining, vocabulary } = this;
    return remaining.length > 1 && vocabulary.lengthOf(token) === remaining.length - 1 && isBlank(remaining)
      && vocabulary.startsWith(token, remaining.subarray(0, -1));
  }

  /** Takes a token that {@link allows} let pass. @returns whether it spells nothing but what was typed */
  accept(token: number): boolean {
    if (this.isSpelled) return false;
    const length = this.vocabulary.lengthOf(token);
    const onlyTyped = length <= this.typedLeft;
    this.next++;
    this.typedLeft = Math.max(0, this.typedLeft - length);
    this.remaining = this.remaining.subarray(Math.min(this.remaining.length, length));
    return onlyTyped;
  }
}

function isBlank(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte === 0x20 || byte === 0x09);
}
