import { lineAfter } from '../surroundings';
import type { Filter } from './filter';

/** What the completion's end and the rest of the cursor's line have in common is inserted once, not twice. */
export const suffixOverlap: Filter = {
  name: 'suffix-overlap',
  apply(text, surroundings) {
    const rest = lineAfter(surroundings).trimEnd();
    for (let length = Math.min(rest.length, text.length); length > 0; length--) {
      if (text.endsWith(rest.slice(0, length)) && isWholeWord(rest, length)) return text.slice(0, text.length - length);
    }
    return text;
  },
};

/** `or` of `order` is no overlap: a shared part ends where a word does, and holds more than white space. */
function isWholeWord(rest: string, length: number): boolean {
  const cutsWord = /\w/.test(rest[length - 1]) && length < rest.length && /\w/.test(rest[length]);
  return !cutsWord && rest.slice(0, length).trim() !== '';
}
