import { lineBefore, linesOf } from '../surroundings';
import type { Filter } from './filter';

/** Behind an indentation that is there already more of it is only right when the line before opens a block no less indented. */
export const extraIndentation: Filter = {
  name: 'extra-indentation',
  apply(text, surroundings) {
    const line = lineBefore(surroundings);
    if (line === '' || line.trim() !== '' || !/^[ \t]+\S/.test(text)) return text;
    const above = linesOf(surroundings.before.slice(0, surroundings.before.length - line.length));
    const previous = above.map((entry) => entry.line.trimEnd()).filter((entry) => entry !== '').at(-1) ?? '';
    const opens = /[([{:]$|=>$|\b(?:then|do|else|begin)$/.test(previous);
    const isInside = line.length > previous.length - previous.trimStart().length;
    return opens && !isInside ? text : text.replace(/^[ \t]+/, '');
  },
};
