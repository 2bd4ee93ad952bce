import type { AnswerOutcome, AnswerResult } from './answer';

/** The answer of a request that never came to the model. */
export function silentAnswer(outcome: AnswerOutcome): AnswerResult {
  return {
    text: '',
    outcome,
    sources: [],
    references: [],
    tokens: { read: 0, reused: 0, generated: 0, accepted: 0 },
    milliseconds: { firstText: 0, firstToken: 0, total: 0 },
    memory: { keyValueBytes: 0, entries: 0, window: 0 },
    read: { files: 0, segments: 0, recalled: 0 },
  };
}
