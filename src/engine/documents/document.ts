import type { TextEdit } from '../../protocol';
import type { TokenEncoder } from './tokenEncoder';
import { splitsPair, splitText, type Piece } from './splitText';

/** A piece with its tokens, which are made when they are first asked for. */
interface Block extends Piece {
  tokens?: Uint32Array;
}

/**
 * A text that is kept in step with an editor by edits and tokenises only what an edit touched: a keystroke in a file of
 * 30,000 lines costs one block of about a thousand characters.
 *
 * Offsets are UTF-16 code units, as in the editor.
 */
export class Document {
  private blocks: Block[];

  constructor(text: string, private readonly encoder: TokenEncoder) {
    this.blocks = splitText(text);
  }

  get length(): number {
    return this.blocks.reduce((sum, { text }) => sum + text.length, 0);
  }

  get text(): string {
    return this.blocks.map(({ text }) => text).join('');
  }

  /** Text is never made of NUL characters: the file is binary. */
  get isBinary(): boolean {
    return this.blocks.some(({ text }) => text.includes('\0'));
  }

  /**
   * Replaces part of the text.
   *
   * @throws RangeError when the part does not lie in the text. Nothing is changed then.
   */
  edit({ offset, deleteLength, insert }: TextEdit): void {
    if (!(offset >= 0 && deleteLength >= 0 && offset + deleteLength <= this.length)) {
      throw new RangeError(`An edit of ${deleteLength} characters at ${offset} does not lie in a text of ${this.length}.`);
    }
    const [first, firstStart] = this.startOfStretch(this.find(offset).index - 1);
    const last = this.endOfStretch(this.find(offset + deleteLength).index + 1);
    const old = this.blocks.slice(first, last);
    const text = old.map((block) => block.text).join('');
    const start = offset - firstStart;
    const edited = text.slice(0, start) + insert + text.slice(start + deleteLength);
    this.blocks.splice(first, last - first, ...keepTokens(splitText(edited), old));
  }

  /** Tokens of the text before an offset; an offset inside a surrogate pair counts as before the pair. */
  prefixTokens(offset: number): Int32Array {
    const { index, start } = this.find(offset);
    const parts = this.blocks.slice(0, index).map((block) => this.tokensOf(block));
    if (index < this.blocks.length) {
      parts.push(this.encoder.encode(this.blocks[index].text.slice(0, this.snap(offset) - start)));
    }
    return join(parts);
  }

  /** Tokens of about `length` characters of text behind an offset; they begin up to a block behind it. */
  tokensBehind(offset: number, length: number): Int32Array {
    const first = this.find(offset).index + 1;
    const last = this.find(offset + length).index + 1;
    return join(this.blocks.slice(first, last).map((block) => this.tokensOf(block)));
  }

  /** Characters from an offset on, at most `length` of them. */
  slice(offset: number, length: number): string {
    let { index, start } = this.find(offset);
    const parts: string[] = [];
    const end = offset + length;
    for (; index < this.blocks.length && start < end; index++) {
      const { text } = this.blocks[index];
      parts.push(text.slice(Math.max(0, offset - start), end - start));
      start += text.length;
    }
    return parts.join('');
  }

  /** The offset itself, or that of the surrogate pair whose middle it is. */
  snap(offset: number): number {
    const { index, start } = this.find(offset);
    return index < this.blocks.length && splitsPair(this.blocks[index].text, offset - start) ? offset - 1 : offset;
  }

  /** The block that holds the character at an offset, and where it starts; behind the last block at the text's end. */
  private find(offset: number): { index: number; start: number } {
    let start = 0;
    let index = 0;
    while (index < this.blocks.length && start + this.blocks[index].text.length <= offset) start += this.blocks[index++].text.length;
    return { index, start };
  }

  /** The first block of the stretch that a block belongs to, and where it starts. */
  private startOfStretch(index: number): [index: number, start: number] {
    let first = Math.max(0, Math.min(index, this.blocks.length - 1));
    while (first > 0 && this.blocks[first].continues) first--;
    return [first, this.blocks.slice(0, first).reduce((sum, { text }) => sum + text.length, 0)];
  }

  /** The block behind the stretch that a block belongs to. */
  private endOfStretch(index: number): number {
    let end = Math.min(index + 1, this.blocks.length);
    while (end < this.blocks.length && this.blocks[end].continues) end++;
    return end;
  }

  private tokensOf(block: Block): Uint32Array {
    block.tokens ??= this.encoder.encode(block.text);
    return block.tokens;
  }
}

/** Pieces whose text an old block had take its tokens over. */
function keepTokens(pieces: readonly Piece[], old: readonly Block[]): Block[] {
  const known = new Map(old.map((block) => [block.text, block.tokens]));
  return pieces.map((piece) => {
    const tokens = known.get(piece.text);
    return tokens === undefined ? piece : { ...piece, tokens };
  });
}

function join(parts: readonly Uint32Array[]): Int32Array {
  const tokens = new Int32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let filled = 0;
  for (const part of parts) {
    tokens.set(part, filled);
    filled += part.length;
  }
  return tokens;
}
