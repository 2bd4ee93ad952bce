import { join } from 'node:path';
import { readManifest, Tokenizer } from '../../../src/engine/model';

export const modelDirectory = join(import.meta.dirname, '../../../models/qwen2.5-coder-0.5b');

/** Opens the real tokenizer for a suite and frees it at the end. */
export function useTokenizer(): () => Tokenizer {
  let tokenizer: Tokenizer | undefined;
  before(async () => {
    tokenizer = await Tokenizer.open(modelDirectory, await readManifest(modelDirectory));
  });
  after(() => tokenizer?.dispose());
  return () => {
    if (tokenizer === undefined) throw new Error('The tokenizer is asked for before the suite runs.');
    return tokenizer;
  };
}
