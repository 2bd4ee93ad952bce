import { alreadyThere } from './alreadyThere';
import { blank } from './blank';
import { extraIndentation } from './extraIndentation';
import type { Filter } from './filter';
import { prefixRepetition } from './prefixRepetition';
import { suffixOverlap } from './suffixOverlap';
import { trailingSpace } from './trailingSpace';
import { unfinishedLine } from './unfinishedLine';

export type { Ending, Filter } from './filter';

/** In the order they are applied: repairs first, then judgement. */
export const filters: readonly Filter[] = [
  unfinishedLine, extraIndentation, suffixOverlap, trailingSpace, blank, alreadyThere, prefixRepetition,
];
