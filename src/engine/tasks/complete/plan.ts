import type { CompletionRequest } from '../../../protocol';
import type { Document } from '../../documents';
import type { Tokenizer } from '../../model';
import { tokensToHeal } from './healing';
import { surroundingLength, type Surroundings } from './surroundings';

/** What a request means for the model, before anything is read. */
export interface CompletionPlan {
  /** Tokens of the text before the cursor, without those that are spelled again. */
  readonly text: Int32Array;
  /** Bytes of the tokens that are spelled again. */
  readonly typed: number;
  /** The usual tokens of the text that must come first: what is spelled again and what was asked for. */
  readonly required: Int32Array;
  /** Tokens of what follows in the document, to look repetitions up in; not read by the model. */
  readonly behind: Int32Array;
  readonly surroundings: Surroundings;
}

/** Characters behind the cursor in which repetitions are looked up: some 2,500 lines. */
const lookupLength = 100_000;

/** Tokens before the cursor, apart from those that are spelled again. @param offset {@link Document.snap}ped */
export function textToRead(document: Document, offset: number, { vocabulary }: Tokenizer): { readonly text: Int32Array; readonly healed: Int32Array } {
  const before = document.prefixTokens(offset);
  const text = before.subarray(0, before.length - tokensToHeal(before, vocabulary));
  return { text, healed: before.subarray(text.length) };
}

export function planCompletion(document: Document, request: CompletionRequest, tokenizer: Tokenizer): CompletionPlan {
  const offset = document.snap(request.offset);
  const { text, healed } = textToRead(document, offset, tokenizer);
  const mustStartWith = request.mustStartWith ?? '';
  const required = mustStartWith === '' ? healed : Int32Array.from(tokenizer.encode(tokenizer.decode(healed) + mustStartWith));
  const start = Math.max(0, offset - surroundingLength);
  return {
    text,
    typed: tokenizer.vocabulary.join(healed).length,
    required,
    behind: request.speculation ? document.tokensBehind(offset, lookupLength) : new Int32Array(0),
    surroundings: {
      before: document.slice(start, offset - start),
      after: document.slice(offset, surroundingLength),
      extent: request.extent,
    },
  };
}
