import type { AnswerPart, AnswerResult, SummarizeRequest } from '../../../protocol';
import type { Grammars } from '../../workspace';
import { AnswerTally, type ChatModel } from '../chat';
import { Summary } from './summary';

const systemText = 'You explain source code to a programmer in plain, short sentences. Say only what the code shows.';

/**
 * Summarizes a file of any length. All of it is read through the bounded memory; then the model writes what it is for, and a
 * line about each large part that no comment explains. Names, lines and dependencies are taken from the syntax, not from the
 * model: what is linked exists.
 */
export class Summarizer {
  private readonly system: Int32Array;

  constructor(private readonly model: ChatModel) {
    this.system = Int32Array.from(model.template.turn('system', systemText));
  }

  /** A cancelled summary keeps what was written. */
  async summarize(request: SummarizeRequest, grammars: Grammars, signal: AbortSignal, send: (part: AnswerPart) => void): Promise<AnswerResult> {
    const tally = new AnswerTally(request.id, send);
    try {
      return await new Summary(request, this.model, this.system, tally, signal).write(grammars);
    } catch (error) {
      if (!signal.aborted) throw error;
      return tally.result({ kind: 'cancelled' }, this.model.context.cache);
    }
  }
}
