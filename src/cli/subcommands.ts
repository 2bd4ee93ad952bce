import { complete } from './complete';
import { info } from './info';
import type { Subcommand } from './subcommand';

/** In the order of the overview. */
export const subcommands: readonly Subcommand[] = [complete, info];
