import { linesOf } from '../surroundings';
import type { StopRule } from './stopRule';

const equalLines = 3;
/** A short unit over and over until it is this long: a model that is stuck. */
const stuck = /^([^]{1,40}?)\1{4,}/;
const stuckLength = 60;

/** A model that repeats itself does not stop by itself: one copy stays. */
export const repetition: StopRule = {
  name: 'repetition',
  end(text) {
    return repeatedLine(text) ?? repeatedUnit(text);
  },
};

function repeatedLine(text: string): number | undefined {
  const lines = linesOf(text).filter(({ line, complete }) => complete && line.trim() !== '');
  const last = lines.slice(-equalLines);
  const [first] = last;
  const stuckHere = last.length === equalLines && /\w/.test(first.line) && last.every(({ line }) => line.trim() === first.line.trim());
  return stuckHere ? first.start + first.line.length : undefined;
}

/** Read from the end backwards, where the repetition is. */
function repeatedUnit(text: string): number | undefined {
  const tail = Array.from(text.slice(-400)).reverse().join('');
  const match = stuck.exec(tail);
  if (match === null || match[0].length < stuckLength || match[1].trim() === '') return undefined;
  return text.length - match[0].length + match[1].length;
}
