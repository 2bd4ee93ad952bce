import type { Tokenizer } from '../../model';
import { isOnlyClosers } from './surroundings';

/** Characters behind the cursor that are looked at: more than the most tokens of a suffix ever hold of code. */
export const suffixLookahead = 8000;
/** What an editor puts between the cursor and the old text behind it (a closing bracket, a line break before it) is short. */
const longestInsertion = 64;

/** Text behind the cursor as the model has it before the text in front of the cursor. */
export interface Suffix {
  readonly text: string;
  readonly tokens: Int32Array;
}

/**
 * The suffix for a cursor: up to `most` tokens, ending with a line. If nothing but closing brackets and the like follows
 * in the cursor's line, it begins behind them: whether the editor has closed a bracket yet makes no difference then.
 */
export function suffixBehind(after: string, most: number, tokenizer: Tokenizer): Suffix {
  const line = /^[^\r\n]*/.exec(after)?.[0] ?? '';
  const text = (isOnlyClosers(line) ? after.slice(line.length) : after).normalize('NFC');
  const tokens = tokenizer.encode(text);
  if (tokens.length <= most) return { text, tokens: Int32Array.from(tokens) };
  const fitting = tokenizer.decode(tokens.subarray(0, most)).replace(/\ufffd+$/, '');
  const lastBreak = Math.max(fitting.lastIndexOf('\n'), fitting.lastIndexOf('\r'));
  const snapped = fitting.slice(0, lastBreak > 0 ? lastBreak + 1 : fitting.length);
  return { text: snapped, tokens: Int32Array.from(tokenizer.encode(snapped).subarray(0, most)) };
}

/**
 * Whether a suffix that was taken earlier still describes what is behind the cursor: the same text follows, with at most
 * closing brackets, quotes and white space before it. Then the person has only typed in front of it.
 */
export function stillFits(suffix: Suffix, after: string): boolean {
  const now = after.normalize('NFC');
  if (suffix.text === '') return now.length <= longestInsertion && isOnlyClosers(now);
  for (let start = 0; start <= longestInsertion && start < now.length; start++) {
    if (now.startsWith(suffix.text, start)) return true;
    if (!isOnlyClosers(now[start])) return false;
  }
  return false;
}
