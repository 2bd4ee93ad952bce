import type { ModelManifest, Tokenizer } from '../../../src/engine/model';
import type { LineTask } from '../quality/lines';
import { suffixLines, type Chunk } from './ring';

/** llama.vscode's `n_prefix`. */
export const prefixLines = 256;
/** A line may be of any length; a suffix is not. Never reached by code. */
const mostSuffixTokens = 4096;

/** Text around a cursor. */
export type Place = Pick<LineTask, 'path' | 'before' | 'after'>;

/** Prompts as llama.vscode and the `/infill` of llama.cpp's server make them of Qwen's markers. */
export class Prompts {
  constructor(private readonly tokenizer: Pick<Tokenizer, 'encode'>, private readonly special: ModelManifest['specialTokens']) {}

  /** `<|repo_name|>NAME\n` and `<|file_sep|>path\nchunk` for each chunk: the same for all requests of a group. */
  ring(repository: string, chunks: readonly Chunk[]): number[] {
    const { repoName, fileSeparator } = this.special;
    return [
      repoName, ...this.tokenizer.encode(`${repository}\n`),
      ...chunks.flatMap(({ path, text }) => [fileSeparator, ...this.tokenizer.encode(`${path}\n`), ...this.tokenizer.encode(text)]),
    ];
  }

  /**
   * `<|file_sep|>path\n<|fim_prefix|>`, 256 lines and what stands in the cursor's, `<|fim_suffix|>`, its rest and 64 lines,
   * `<|fim_middle|>`. The cursor's line is spelled apart, and left out as long as it is white: the model indents itself then.
   */
  request({ path, before, after }: Place): number[] {
    const { fileSeparator, fimPrefix, fimSuffix, fimMiddle } = this.special;
    const lines = before.split('\n');
    const current = lines.pop() ?? '';
    const behind = after.split('\n');
    const prefix = `${lines.slice(-prefixLines).join('\n')}\n`;
    const suffix = `${behind.slice(0, 1 + suffixLines).join('\n')}\n`;
    return [
      fileSeparator, ...this.tokenizer.encode(`${path}\n`),
      fimPrefix, ...this.tokenizer.encode(prefix), ...(isWhite(current) ? [] : this.tokenizer.encode(current)),
      fimSuffix, ...this.tokenizer.encode(suffix).slice(0, mostSuffixTokens), fimMiddle,
    ];
  }
}

/** What is inserted at a cursor: where the line was white, the indentation that stands there already is taken off. */
export function insertion(written: string, { before }: Pick<Place, 'before'>): string {
  const current = before.slice(before.lastIndexOf('\n') + 1);
  if (!isWhite(current)) return written;
  const white = /^[ \t]*/.exec(written)?.[0].length ?? 0;
  return written.slice(Math.min(white, current.length));
}

function isWhite(line: string): boolean {
  return /^[ \t]*$/.test(line);
}
