import type { SamplingOptions } from './completion';

/** A conversation of somebody else, such as another extension's: nothing is looked up for it and nothing of it is kept. */
export interface ChatRequest {
  /** Chosen by the asker; every `AnswerPart` of this request carries it. */
  readonly id: string;
  /** The oldest first; the last is the one to be answered. What the engine still holds of them is not read again. */
  readonly messages: readonly ChatMessage[];
  readonly maxTokens: number;
  readonly sampling: SamplingOptions;
}

export interface ChatMessage {
  readonly role: 'system' | 'user' | 'assistant';
  readonly text: string;
}

export interface TokenCountRequest {
  readonly text: string;
}
