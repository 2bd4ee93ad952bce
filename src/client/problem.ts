import { ResponseError } from 'vscode-jsonrpc/node';
import { ProblemError, type Problem } from '../protocol';

/** The engine's process ended while something was asked of it. */
export class EngineEndedError extends Error {
  override readonly name = 'EngineEndedError';
}

/** Makes an error that came over the wire what it was in the engine; any other becomes `internal`. */
export function problemOf(error: unknown): Problem {
  if (error instanceof ProblemError) return error.problem;
  if (error instanceof ResponseError && isProblem(error.data)) return error.data;
  return {
    code: 'internal',
    what: `The engine failed: ${error instanceof Error ? error.message : String(error)}.`,
    meaning: 'This is a defect of the extension.',
    remedy: 'Restart the engine; the log (command "SparseK: Show Log") has what is worth reporting.',
  };
}

function isProblem(data: unknown): data is Problem {
  if (typeof data !== 'object' || data === null) return false;
  const parts = data as Record<string, unknown>;
  return ['code', 'what', 'meaning', 'remedy'].every((part) => typeof parts[part] === 'string');
}
