import { answerTurn, type AnswerTally, type ChatModel, type Writing } from '../chat';

const likeliest = { temperature: 0, topP: 1 };

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
  let last: Writing = { text: '', tokens: [], accepted: 0 };
  for await (const writing of answerTurn(model, { document, system, text, sampling: likeliest, maxTokens, oneLine }, tally, signal)) {
    if (writing.text.length > last.text.length) onWords(writing.text.slice(last.text.length));
    last = writing;
  }
  return last;
}
