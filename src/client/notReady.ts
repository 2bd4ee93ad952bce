import { describeProblem, type Problem } from '../protocol';
import type { EngineState } from './state';

/** The reason of the outcome `not-ready`. */
export function whyNotReady(state: EngineState): string {
  switch (state.kind) {
    case 'failed':
      return describeProblem(state.problem);
    case 'stopped':
      return 'The engine was stopped.';
    case 'restarting':
      return `${state.because} It is being started again.`;
    case 'starting':
    case 'ready':
      return 'The engine is still starting.';
  }
}

/** The engine crashed once more than the restart policy bears. @param how in words that follow "The engine" */
export function crashProblem(how: string): Problem {
  return {
    code: 'engine-crashed',
    what: `The engine ${how}, again and again.`,
    meaning: 'It is not started any more, so there are no completions.',
    remedy: 'The log (command "SparseK: Show Log") says what it printed last. Then use the command "SparseK: Restart Engine".',
  };
}
