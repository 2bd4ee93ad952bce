import type { AnswerOutcome, AnswerPart, Place, Reference, Source } from '../protocol';

/** One question with its answer, as the panel shows and the workspace keeps it. */
export interface ShownTurn {
  readonly question: string;
  /** Markdown, as the model wrote it. */
  readonly answer: string;
  readonly sources: readonly Source[];
  readonly references: readonly Reference[];
  /** Absent while it is being answered. */
  readonly outcome?: AnswerOutcome;
  /** What was read and how long it took. */
  readonly note?: string;
}

/** A file that may be mentioned. */
export interface MentionChoice {
  /** What is written behind the `@`. */
  readonly text: string;
  readonly detail: string;
}

/** From the extension to the page. */
export type ToPage =
  /** Everything, after the page came up or the conversation was cleared. */
  | { readonly kind: 'turns'; readonly turns: readonly ShownTurn[]; readonly isAnswering: boolean }
  /** The last turn, whenever something of it is new. */
  | { readonly kind: 'turn'; readonly turn: ShownTurn }
  | { readonly kind: 'stage'; readonly stage: Extract<AnswerPart, { readonly kind: 'stage' }> }
  | { readonly kind: 'mentions'; readonly query: string; readonly choices: readonly MentionChoice[] }
  /** Text to write into the question. */
  | { readonly kind: 'insert'; readonly text: string };

/** From the page to the extension. Whatever a page sends is checked before anything is done. */
export type FromPage =
  | { readonly kind: 'ready' }
  | { readonly kind: 'ask'; readonly question: string }
  | { readonly kind: 'stop' }
  | { readonly kind: 'regenerate' }
  | { readonly kind: 'clear' }
  | { readonly kind: 'open'; readonly place: Place }
  | { readonly kind: 'copy'; readonly text: string }
  | { readonly kind: 'insertCode'; readonly text: string }
  | { readonly kind: 'openCode'; readonly text: string; readonly language: string }
  | { readonly kind: 'mention'; readonly query: string };
