import { Recall } from '../../memory';
import type { AnswerTally } from './answerTally';
import { readPrompt } from './chatContext';
import type { ChatModel } from './chatModel';
import { writeTurn, type Writing, type WritingOptions } from './write';

/** Tokens in which repetitions are looked up. */
const lookedUp = 4096;

export interface AnsweredPrompt extends Pick<WritingOptions, 'sampling' | 'maxTokens' | 'oneLine'> {
  /** Names what is read among others. */
  readonly document: string;
  readonly system: Int32Array;
  /** All turns, to where the model writes on. */
  readonly text: Int32Array;
}

/**
 * Reads a prompt behind an empty memory and has the model write the next turn; yields it as it grows, and counts what both
 * take.
 *
 * @throws the signal's reason when aborted
 */
export async function* answerTurn(
  { context, takeTurn, tokenizer: { vocabulary } }: ChatModel, { document, system, text, ...options }: AnsweredPrompt, tally: AnswerTally, signal: AbortSignal,
): AsyncGenerator<Writing, void> {
  const reading = await readPrompt(context, { document, system, text, recall: Recall.nothing }, takeTurn, signal, (done, count) => {
    tally.tell({ kind: 'stage', stage: 'reading', done, count });
  });
  tally.promptRead(reading);
  let counted = { tokens: 0, accepted: 0 };
  for await (const writing of writeTurn(context, reading, takeTurn, { ...options, before: text.slice(-lookedUp), vocabulary, signal })) {
    tally.wrote(writing.tokens.length - counted.tokens, writing.accepted - counted.accepted);
    counted = { tokens: writing.tokens.length, accepted: writing.accepted };
    yield writing;
  }
}
