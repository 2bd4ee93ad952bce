import type { Vocabulary } from '../model';

/**
 * Text that the generated tokens must begin with: what was typed of the word at the cursor, whose tokens were taken back
 * (token healing), and what the suggest widget has selected. Only as many bytes are constrained as it has; the token that
 * spells its end may run on freely.
 */
export class RequiredText {
  private remaining: Uint8Array;

  /**
   * @param typed bytes that stand in the document already
   * @param added bytes that follow and are part of the answer
   */
  constructor(private readonly typed: Uint8Array, private readonly added: Uint8Array, private readonly vocabulary: Vocabulary) {
    this.remaining = Buffer.concat([typed, added]);
  }

  /** Bytes still to be spelled. */
  get length(): number {
    return this.remaining.length;
  }

  /** Whether a token could come next: it spells part of the text, or all of it and more. */
  allows(token: number): boolean {
    return this.remaining.length === 0 || this.vocabulary.agreesWith(token, this.remaining);
  }

  /** Takes a token that {@link allows} let pass. @returns whether it spells nothing but what was typed */
  accept(token: number): boolean {
    const length = this.vocabulary.lengthOf(token);
    const typedLeft = this.remaining.length - this.added.length;
    this.remaining = this.remaining.subarray(Math.min(this.remaining.length, length));
    return typedLeft > 0 && length <= typedLeft;
  }

  /** How many bytes at the start of what is generated are not new. */
  get typedLength(): number {
    return this.typed.length;
  }
}
