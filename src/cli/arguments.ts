import { parseArgs, type ParseArgsConfig } from 'node:util';
import { ProblemError } from '../protocol';

type Options = NonNullable<ParseArgsConfig['options']>;

/**
 * The arguments of a subcommand by Node's own parser.
 *
 * @throws ProblemError `bad-request` that names the wrong argument and the usage
 */
export function parseArguments<T extends Options>(usage: string, args: readonly string[], options: T) {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true, strict: true });
  } catch (error) {
    throw usageProblem(usage, error instanceof Error ? error.message : String(error));
  }
}

/** An argument that makes no sense: `what` names it, the usage is the remedy. */
export function usageProblem(usage: string, what: string): ProblemError {
  return new ProblemError({
    code: 'bad-request',
    what,
    meaning: 'Nothing was done.',
    remedy: `Usage: sparsek ${usage}`,
  });
}
