import type { AnswerPart, AnswerResult, ChatMessage, ChatRequest } from '../../../protocol';
import { AnswerTally } from './answerTally';
import { answerTurn } from './answerTurn';
import type { ChatModel } from './chatModel';

const systemText = 'You help a programmer. Answer in short, plain sentences.';

/** Goes on with somebody else's conversation, of any length: what is older than the window competes for the memory. */
export class Chatter {
  constructor(private readonly model: ChatModel) {}

  /** A cancelled answer keeps what was written. */
  async chat(request: ChatRequest, signal: AbortSignal, send: (part: AnswerPart) => void): Promise<AnswerResult> {
    const tally = new AnswerTally(request.id, send);
    try {
      return await this.write(request, tally, signal);
    } catch (error) {
      if (!signal.aborted) throw error;
      return tally.result({ kind: 'cancelled' }, this.model.context.cache);
    }
  }

  private async write({ messages, maxTokens, sampling }: ChatRequest, tally: AnswerTally, signal: AbortSignal): Promise<AnswerResult> {
    let whole = '';
    let ending: 'model' | 'limit' | 'repetition' = 'model';
    for await (const writing of answerTurn(this.model, { document: 'chat', ...this.prompt(messages), sampling, maxTokens }, tally, signal)) {
      tally.grow(writing.text);
      whole = writing.text;
      ending = writing.ending ?? ending;
    }
    return tally.result({ kind: 'answered', ending }, this.model.context.cache, whole);
  }

  /** A system turn that is too long to be pinned is read like all other turns, and may be forgotten like them. */
  private prompt(messages: readonly ChatMessage[]): { readonly system: Int32Array; readonly text: Int32Array } {
    const { template, context } = this.model;
    const said = messages.filter(({ role }) => role === 'system').map(({ text }) => text).join('\n');
    const own = template.turn('system', said === '' ? systemText : said);
    const isPinned = own.length <= context.cache.plan.suffix;
    const turns = messages.filter(({ role }) => role !== 'system').flatMap(({ role, text }) => template.turn(role, text));
    return {
      system: Int32Array.from(isPinned ? own : template.turn('system', systemText)),
      text: Int32Array.from([...(isPinned ? [] : own), ...turns, ...template.open('assistant')]),
    };
  }
}
