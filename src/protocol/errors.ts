/**
 * An error that a person reads. Every failure that leaves the engine has this shape, so that the log, the status item
 * and the command line can all say what happened, what it means and what to do.
 */
export interface Problem {
  readonly code: ProblemCode;
  /** What happened, with the file or value it happened to. */
  readonly what: string;
  /** What it means for the person. */
  readonly meaning: string;
  /** What they can do about it. */
  readonly remedy: string;
}

export type ProblemCode =
  | 'model-missing'
  | 'model-corrupt'
  | 'model-version'
  /** An import that failed for the disk's sake. */
  | 'model-not-imported'
  | 'memory-budget'
  | 'cache-not-writable'
  | 'device-lost'
  /** There is no GPU, or none that the model can be run on. */
  | 'device-unavailable'
  /** No Node was found that can run the engine. */
  | 'node-missing'
  | 'engine-crashed'
  | 'file-not-readable'
  | 'bad-request'
  | 'internal';

/** The thrown form of a {@link Problem}. `message` is the whole text, one sentence a part. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError';

  constructor(readonly problem: Problem, options?: ErrorOptions) {
    super(describeProblem(problem), options);
  }
}

export function describeProblem(problem: Problem): string {
  return `${problem.what} ${problem.meaning} ${problem.remedy}`;
}
