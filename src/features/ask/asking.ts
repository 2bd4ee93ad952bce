import { CancellationTokenSource } from 'vscode';
import type { AnsweringClient } from '../../client';
import type { AnswerPart, Mention } from '../../protocol';
import type { Conversation } from './conversation';

const maxTokens = 400;
/** Turns that the engine is told: older ones would be evicted from its window anyway. */
const mostTold = 12;
/** For a question that is answered again: the most likely words are those that were not liked. */
const otherWords = { temperature: 0.7, topP: 0.9 };
const likeliestWords = { temperature: 0, topP: 1 };

/** Puts questions to the engine, one at a time, and writes the answers into the conversation. */
export class Asking {
  private current: CancellationTokenSource | undefined;

  constructor(
    private readonly client: AnsweringClient,
    private readonly conversation: Conversation,
    private readonly onStage: (stage: Extract<AnswerPart, { readonly kind: 'stage' }>) => void,
  ) {}

  get isAnswering(): boolean {
    return this.current !== undefined;
  }

  /** A question that is being answered is stopped first. @param again whether it was answered before */
  async ask(question: string, mentions: readonly Mention[], open: readonly string[], again = false): Promise<void> {
    this.stop();
    const source = new CancellationTokenSource();
    this.current = source;
    const history = this.conversation.turns
      .filter(({ answer }) => answer !== '')
      .slice(-mostTold)
      .map((turn) => ({ question: turn.question, answer: turn.answer }));
    this.conversation.begin(question);
    const onPart = (part: AnswerPart) => {
      if (this.current !== source) return;
      if (part.kind === 'stage') this.onStage(part);
      else this.conversation.add(part);
    };
    const sampling = again ? otherWords : likeliestWords;
    const result = await this.client.answer({ method: 'ask', question, history, mentions, open, maxTokens, sampling, encode: 0 }, onPart, source.token);
    source.dispose();
    if (this.current !== source) return;
    this.current = undefined;
    this.conversation.end(result);
  }

  stop(): void {
    this.current?.cancel();
  }

  dispose(): void {
    this.stop();
    this.current = undefined;
  }
}
