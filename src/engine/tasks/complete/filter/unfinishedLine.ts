import { linesOf } from '../surroundings';
import type { Filter } from './filter';

/** Of several lines the last stays out when the limit of tokens broke it off. */
export const unfinishedLine: Filter = {
  name: 'unfinished-line',
  apply(text, _surroundings, ending) {
    if (ending !== 'limit') return text;
    const last = linesOf(text).at(-1);
    const whole = last === undefined ? text : text.slice(0, last.start);
    return whole.trim() === '' ? text : whole;
  },
};
