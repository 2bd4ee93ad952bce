import { readManifest, Tokenizer } from '../../src/engine/model';
import { CpuRuntime } from '../../src/engine/runtime';

/** All tokens that any state of a model is run with from now on. */
export function recordFedTokens() {
  const fed: number[] = [];
  // eslint-disable-next-line @typescript-eslint/unbound-method -- it is called with the runtime it belongs to
  const { forward } = CpuRuntime.prototype;
  CpuRuntime.prototype.forward = function (state, tokens, source, logits) {
    fed.push(...tokens);
    return forward.call(this, state, tokens, source, logits);
  };
  return {
    restore: () => { CpuRuntime.prototype.forward = forward; },
    text: async (directory: string) => {
      const tokenizer = await Tokenizer.open(directory, await readManifest(directory));
      const text = tokenizer.decode(fed.filter((token) => token < tokenizer.vocabulary.size));
      tokenizer.dispose();
      return text;
    },
  };
}
