import type { LiveContext } from '../../memory';
import type { Tokenizer } from '../../model';
import type { TakeTurn } from './chatContext';
import type { ChatTemplate } from './chatTemplate';

/** What the tasks that answer in words share: one bounded state, apart from that of completions. */
export interface ChatModel {
  readonly tokenizer: Tokenizer;
  readonly template: ChatTemplate;
  readonly context: LiveContext;
  readonly takeTurn: TakeTurn;
}
