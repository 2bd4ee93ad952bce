import type { Mention, Source } from '../../../../protocol';

/** A source with the text that the model is given. */
export interface Evidence extends Source {
  readonly text: string;
  /** The language's name for a code block. */
  readonly language: string;
  /** The lines of it that have most to do with the question. */
  readonly quote: string;
  /** 1-based, of the quote's first. */
  readonly quoteLine: number;
}

/** What a question's evidence is looked for with. */
export interface Search {
  readonly question: string;
  /** The question before, which a short one goes on from. */
  readonly before?: string;
  readonly mentions: readonly Mention[];
  readonly open: readonly string[];
  /** Of all texts together. */
  readonly mostTokens: number;
}
