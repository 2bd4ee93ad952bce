import { Recall } from '../../memory';
import { readPrompt, writeTurn, type AnswerTally, type ChatModel, type Writing } from '../chat';

const likeliest = { temperature: 0, topP: 1 };
/** Tokens in which repetitions are looked up. */
const lookedUp = 4096;

/** What every question of a summary is asked with. */
export interface Writer {
  readonly model: ChatModel;
  readonly system: Int32Array;
  readonly tally: AnswerTally;
  readonly signal: AbortSignal;
}

export interface Words {
  /** Names what is summarized among others. */
  readonly document: string;
  /** All turns, to where the model writes on. */
  readonly text: Int32Array;
  readonly maxTokens: number;
  readonly oneLine: boolean;
}

/**
 * Has the model write a turn, and counts what that takes.
 *
 * @param onWords told what is new of the text
 * @throws the signal's reason when aborted
 */
export async function writeWords({ model, system, tally, signal }: Writer, { document, text, maxTokens, oneLine }: Words, onWords: (words: string) => void): Promise<Writing> {
  const { context, takeTurn, tokenizer: { vocabulary } } = model;
  const reading = await readPrompt(context, { document, system, text, recall: Recall.nothing }, takeTurn, signal, (done, count) => {
    tally.tell({ kind: 'stage', stage: 'reading', done, count });
  });
  tally.promptRead(reading);
  let last: Writing = { text: '', tokens: [], accepted: 0 };
  for await (const writing of writeTurn(context, reading, takeTurn, { sampling: likeliest, maxTokens, before: text.slice(-lookedUp), vocabulary, oneLine, signal })) {
    tally.wrote(writing.tokens.length - last.tokens.length, writing.accepted - last.accepted);
    if (writing.text.length > last.text.length) onWords(writing.text.slice(last.text.length));
    last = writing;
  }
  return last;
}
