import { lineAfter, linesOf } from '../surroundings';
import type { StopRule } from './stopRule';

/** The completion ends before a line that is the next one behind the cursor anyway. A mere bracket is no such line. */
export const suffixRepetition: StopRule = {
  name: 'suffix-repetition',
  end(text, surroundings) {
    const below = surroundings.after.slice(lineAfter(surroundings).length);
    const next = linesOf(below).map(({ line }) => line.trim()).find((line) => line !== '');
    if (next === undefined || !/\w/.test(next)) return undefined;
    const repeated = linesOf(text).slice(1).find(({ line, complete }) => complete && line.trim() === next);
    return repeated === undefined ? undefined : text.slice(0, repeated.start).trimEnd().length;
  },
};
