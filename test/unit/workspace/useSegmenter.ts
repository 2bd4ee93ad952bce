import { Grammars, Segmenter, type TokenEncoder } from '../../../src/engine/workspace';
import { useTokenizer } from '../documents/useTokenizer';

/** A segmenter with the model's own tokenizer and the packaged grammars, for a suite. */
export function useSegmenter(): () => { segmenter: Segmenter; grammars: Grammars; encoder: TokenEncoder } {
  const tokenizer = useTokenizer();
  let grammars: Grammars | undefined;
  before(async () => {
    grammars = await Grammars.open();
  });
  after(() => grammars?.[Symbol.dispose]());
  return () => {
    if (grammars === undefined) throw new Error('The segmenter is asked for before the suite runs.');
    return { segmenter: new Segmenter(tokenizer(), grammars), grammars, encoder: tokenizer() };
  };
}
