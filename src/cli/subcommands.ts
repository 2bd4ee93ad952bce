import { ask } from './ask';
import { complete } from './complete';
import { explain } from './explain';
import { info } from './info';
import { rank } from './rank';
import { read } from './read';
import { segments } from './segments';
import { summarize } from './summarize';
import type { Subcommand } from './subcommand';

/** In the order of the overview. */
export const subcommands: readonly Subcommand[] = [complete, ask, summarize, explain, read, info, segments, rank];
