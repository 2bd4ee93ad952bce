import { partnerOf, unmatchedBrackets } from '../brackets';
import type { Surroundings } from '../surroundings';
import type { StopRule } from './stopRule';

/**
 * A closing bracket ends the completion where it would close twice: because it stands behind the cursor already (the
 * editor closes brackets by itself), or because nothing before the cursor opened it.
 */
export const closingBracket: StopRule = {
  name: 'closing-bracket',
  end(text, surroundings) {
    const present = closersBehind(surroundings);
    const open = openBefore(surroundings);
    for (const { bracket, offset } of unmatchedBrackets(text).closers) {
      if (present[0] === bracket) return offset;
      if (bracket !== '}' && open.at(-1) !== bracket) return offset;
      if (open.at(-1) === bracket) open.pop();
    }
    return undefined;
  },
};

/** Closing brackets that follow the cursor with at most white space, quotes and separators between. */
function closersBehind({ after }: Surroundings): string[] {
  const start = /^[\s)\]}"'`;,]*/.exec(after)?.[0] ?? '';
  return Array.from(start).filter((character) => ')]}'.includes(character));
}

/** Closing brackets that the text before the cursor waits for, the innermost last. */
function openBefore({ before }: Surroundings): string[] {
  return unmatchedBrackets(before).openers.flatMap(({ bracket }) => partnerOf(bracket) ?? []);
}
