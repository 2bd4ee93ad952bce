import { isInsideLine } from '../surroundings';
import type { StopRule } from './stopRule';

/**
 * A completion of one line ends with the line; line breaks before the first written character do not count, since at a
 * line's end the next line is meant. With code behind the cursor nothing but the rest of this line is.
 */
export const lineEnd: StopRule = {
  name: 'line-end',
  end(text, surroundings) {
    if (isInsideLine(surroundings)) return endOf(/^[^\r\n]*/, text);
    return surroundings.extent === 'line' ? endOf(/^\s*\S[^\r\n]*/, text) : undefined;
  },
};

function endOf(line: RegExp, text: string): number | undefined {
  const length = line.exec(text)?.[0].length;
  return length !== undefined && length < text.length ? length : undefined;
}
