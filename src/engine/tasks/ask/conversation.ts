import type { Turn } from '../../../protocol';
import type { ChatTemplate } from '../chat';

/** A turn as the model has read and written it, evidence and all. */
interface HeldTurn extends Turn {
  readonly tokens: readonly number[];
}

/** Earlier turns that are taken up again when the engine does not hold them: after a restart, from the history alone. */
const mostRetold = 4;

/** The turns of the conversation at hand in the tokens they were read in, so that a follow-up reads nothing again. */
export class Conversation {
  private held: HeldTurn[] = [];

  constructor(private readonly template: ChatTemplate) {}

  /** The tokens of a history. What it shares with the turns held is taken as it was; the rest is told again without evidence. */
  tokensOf(history: readonly Turn[]): number[] {
    let common = 0;
    while (common < history.length && common < this.held.length && isSame(history[common], this.held[common])) common++;
    const retold = history.slice(Math.max(common, history.length - mostRetold)).map(({ question, answer }) => ({
      question, answer, tokens: [...this.template.turn('user', question), ...this.template.turn('assistant', answer)],
    }));
    this.held = [...this.held.slice(0, common), ...retold];
    return this.held.flatMap(({ tokens }) => tokens);
  }

  /** @param tokens of the user's turn and of what the model wrote */
  add(turn: Turn, tokens: readonly number[]): void {
    this.held.push({ ...turn, tokens: [...tokens, ...this.template.close()] });
  }

  forget(): void {
    this.held = [];
  }
}

function isSame(a: Turn, b: Turn): boolean {
  return a.question === b.question && a.answer === b.answer;
}
