import { blockEnd } from './blockEnd';
import { closingBracket } from './closingBracket';
import { lineEnd } from './lineEnd';
import { repetition } from './repetition';
import type { StopRule } from './stopRule';
import { suffixRepetition } from './suffixRepetition';

export type { StopRule } from './stopRule';

export const stopRules: readonly StopRule[] = [lineEnd, blockEnd, closingBracket, suffixRepetition, repetition];
