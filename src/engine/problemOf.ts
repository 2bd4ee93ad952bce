import { ProblemError, type Problem } from '../protocol';

/** Any error as a problem a person can read; one that nobody foresaw is `internal` and carries its stack. */
export function problemOf(error: unknown): Problem {
  if (error instanceof ProblemError) return error.problem;
  const what = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return {
    code: 'internal',
    what: `Unexpected error in the engine: ${what}`,
    meaning: 'The request was not answered.',
    remedy: 'Restart the engine; if it happens again, report this text.',
  };
}
