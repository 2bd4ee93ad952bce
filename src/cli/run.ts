import { ProblemError } from '../protocol';
import { explain, overview } from './help';
import type { Streams } from './streams';
import { exitCodes, type Subcommand } from './subcommand';

/** Finds the subcommand, runs it and turns what it throws into lines a person can act on. @returns the exit code */
export async function run(args: readonly string[], subcommands: readonly Subcommand[], streams: Streams): Promise<number> {
  const [name, ...rest] = args;
  if (args.length === 0 || name === '--help' || name === '-h' || name === 'help') {
    await streams.result(overview(subcommands));
    return args.length === 0 ? exitCodes.usage : exitCodes.success;
  }
  const subcommand = subcommands.find((candidate) => candidate.name === name);
  if (subcommand === undefined) {
    streams.note(`There is no command "${name}". Commands: ${subcommands.map((known) => known.name).join(', ')}.`);
    return exitCodes.usage;
  }
  if (rest.includes('--help') || rest.includes('-h')) {
    await streams.result(explain(subcommand));
    return exitCodes.success;
  }
  try {
    return await subcommand.run(rest, streams);
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    const { what, meaning, remedy, code } = error.problem;
    streams.note(`${what}\n${meaning}\n${remedy}`);
    return code === 'bad-request' ? exitCodes.usage : exitCodes.problem;
  }
}
