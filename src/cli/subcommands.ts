import { ask } from './ask';
import { complete } from './complete';
import { info } from './info';
import { rank } from './rank';
import { segments } from './segments';
import type { Subcommand } from './subcommand';

/** In the order of the overview. */
export const subcommands: readonly Subcommand[] = [complete, ask, info, segments, rank];
