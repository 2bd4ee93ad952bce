import { lineBefore, linesOf } from '../surroundings';
import type { Filter } from './filter';

/** Shorter lines (a bracket, `break;`) are repeated for good reasons. */
const shortest = 10;

/** A completion that only repeats the lines right before it is withheld. */
export const prefixRepetition: Filter = {
  name: 'prefix-repetition',
  apply(text, surroundings) {
    const written = meaningfulLines(lineBefore(surroundings) + text);
    const before = meaningfulLines(surroundings.before.slice(0, surroundings.before.length - lineBefore(surroundings).length));
    const last = before.slice(-written.length);
    const repeats = written.join('').length >= shortest && written.length === last.length && written.every((line, i) => line === last[i]);
    return repeats ? undefined : text;
  },
};

function meaningfulLines(text: string): string[] {
  return linesOf(text).map(({ line }) => line.trim()).filter((line) => line !== '');
}
