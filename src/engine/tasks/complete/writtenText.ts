import type { Vocabulary } from '../../model';

/** The text of generated tokens as it grows; the bytes at its start that were typed before are left out. */
export class WrittenText {
  private bytes = new Uint8Array(0);

  constructor(private typed: number, private readonly vocabulary: Vocabulary) {}

  push(token: number): void {
    const bytes = this.vocabulary.bytesOf(token);
    const skipped = Math.min(this.typed, bytes.length);
    this.typed -= skipped;
    this.bytes = Buffer.concat([this.bytes, bytes.subarray(skipped)]);
  }

  /** Without the bytes of a character that is not whole yet. */
  get text(): string {
    return new TextDecoder('utf-8', { ignoreBOM: true }).decode(this.bytes, { stream: true });
  }
}
