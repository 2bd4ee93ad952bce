import type { Vocabulary } from '../../model';

/** The text of generated tokens as it grows. */
export class WrittenText {
  private readonly decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  private whole = '';

  constructor(private readonly vocabulary: Vocabulary) {}

  push(token: number): void {
    this.whole += this.decoder.decode(this.vocabulary.bytesOf(token), { stream: true });
  }

  /** Without the bytes of a character that is not whole yet. */
  get text(): string {
    return this.whole;
  }
}
