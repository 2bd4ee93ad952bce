import type { CompletionResult } from './completion';
import type { CompletionOutcome } from './outcome';

/** The result of a request that never came to the model. */
export function silentResult(outcome: CompletionOutcome): CompletionResult {
  return {
    text: '',
    outcome,
    tokens: { read: 0, reused: 0, generated: 0, accepted: 0 },
    milliseconds: { load: 0, firstToken: 0, total: 0 },
    memory: { keyValueBytes: 0, entries: 0, window: 0 },
  };
}
