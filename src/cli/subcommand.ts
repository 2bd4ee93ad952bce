import type { Streams } from './streams';

/** One word of the command line. Add a file that exports one and a line in `subcommands.ts`. */
export interface Subcommand {
  readonly name: string;
  /** Without the program's name: `complete FILE:LINE:COL [--json]`. */
  readonly usage: string;
  /** One line for the overview. */
  readonly summary: string;
  /** What `sparsek NAME --help` teaches below the usage. */
  readonly help: string;
  /**
   * @param args what follows the name
   * @returns the exit code
   * @throws ProblemError for everything a person can act on; the caller prints it and exits 1
   */
  run(args: readonly string[], streams: Streams): Promise<number>;
}

export const exitCodes = {
  success: 0,
  problem: 1,
  /** The arguments make no sense. */
  usage: 2,
  /** It ran, but there is nothing to insert: the outcome says why. */
  nothing: 3,
} as const;
