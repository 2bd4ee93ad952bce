import { linesOf } from '../surroundings';
import type { Filter } from './filter';

/** A completion that says what stands behind the cursor already is withheld. */
export const alreadyThere: Filter = {
  name: 'already-there',
  apply(text, { after }) {
    const written = meaningfulLines(text);
    const present = meaningfulLines(after).slice(0, written.length);
    return written.length > 0 && written.every((line, i) => line === present[i]) ? undefined : text;
  },
};

function meaningfulLines(text: string): string[] {
  return linesOf(text).map(({ line }) => line.trim()).filter((line) => line !== '');
}
