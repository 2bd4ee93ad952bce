import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Tiktoken } from 'tiktoken/lite';
import { ProblemError } from '../../protocol';
import { restoreRemedy, type ModelManifest } from './manifest';
import { Vocabulary } from './vocabulary';

/**
 * Byte-level byte-pair encoding of a model pack: NFC first, then the pack's pre-tokeniser pattern, then merges by rank.
 * Text never turns into special tokens: `<|fim_prefix|>` in a document is thirteen plain characters.
 */
export class Tokenizer {
  private constructor(
    private readonly encoding: Tiktoken,
    private readonly normalizes: boolean,
    readonly vocabulary: Vocabulary,
  ) {}

  /** @throws ProblemError `model-missing` or `model-corrupt` */
  static async open(modelDirectory: string, { tokenizer }: Pick<ModelManifest, 'tokenizer'>): Promise<Tokenizer> {
    const path = join(modelDirectory, tokenizer.file);
    let text: string;
    try {
      text = await readFile(path, 'ascii');
    } catch (error) {
      throw problem('model-missing', `The tokenizer ${path} cannot be read (${messageOf(error)}).`, error);
    }
    try {
      const vocabulary = Vocabulary.parse(text);
      const encoding = new Tiktoken(packRanks(text), tokenizer.specialTokens, tokenizer.pattern);
      return new Tokenizer(encoding, tokenizer.normalization === 'NFC', vocabulary);
    } catch (error) {
      throw problem('model-corrupt', `The tokenizer ${path} is damaged: ${messageOf(error)}.`, error);
    }
  }

  /** Token ids of ordinary text. Half a surrogate pair becomes U+FFFD. */
  encode(text: string): Uint32Array {
    return this.encoding.encode_ordinary(this.normalizes ? text.normalize('NFC') : text);
  }

  /** Special tokens are left out; bytes that are no UTF-8 become U+FFFD. */
  decode(tokens: ArrayLike<number>): string {
    return Buffer.from(this.vocabulary.join(tokens)).toString('utf8');
  }

  /** Frees the WebAssembly memory behind it. */
  dispose(): void {
    this.encoding.free();
  }
}

/** One line `! FIRST_RANK TOKEN TOKEN ...` in place of a line a token: the same ranks, read several times faster. */
function packRanks(text: string): string {
  return `! 0 ${text.replace(/ \d+(\n|$)/g, ' ').trimEnd()}`;
}

function problem(code: 'model-missing' | 'model-corrupt', what: string, cause: unknown): ProblemError {
  return new ProblemError({ code, what, meaning: 'Without it no text can be read.', remedy: restoreRemedy }, { cause });
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
