import type { MemoryUse, SamplingOptions, TokenCounts } from './completion';

/** Lines of a file of the workspace. */
export interface Place {
  /** Relative to the workspace, with forward slashes. */
  readonly path: string;
  /** 1-based, inclusive. */
  readonly startLine: number;
  readonly endLine: number;
}

/** A part of an answer's evidence: the text that the model was given, in the order it was given. */
export interface Source extends Place {
  /** The first declaration in these lines, as it is written; else their first line. */
  readonly label: string;
  /** Terms of the question that stand there, or why it is there otherwise. */
  readonly because: string;
}

/** Words of an answer that were found to name a place of the workspace. All others are plain text. */
export interface Reference extends Place {
  /** Exactly as they stand in the answer: `src/app.ts:12`, `[1]`, `parseHeader`. */
  readonly text: string;
}

/** A file or some of its lines that a question is about. */
export interface Mention {
  readonly path: string;
  /** 1-based, inclusive; without them the file. */
  readonly startLine?: number;
  readonly endLine?: number;
}

/** An earlier question of the same conversation, as it was answered. */
export interface Turn {
  readonly question: string;
  /** The model's text: {@link AnswerResult.text}. */
  readonly answer: string;
}

export interface AskRequest {
  /** Chosen by the asker; every {@link AnswerPart} of this request carries it. */
  readonly id: string;
  readonly question: string;
  /** The conversation so far, the oldest first. What the engine still holds of it is not read again. */
  readonly history: readonly Turn[];
  readonly mentions: readonly Mention[];
  /** Paths of open files: they are a little more likely to matter. */
  readonly open: readonly string[];
  readonly maxTokens: number;
  readonly sampling: SamplingOptions;
  /** Segments of the workspace that may be encoded for this question before the model answers; two seconds each on two cores. */
  readonly encode: number;
}

export interface SummarizeRequest {
  readonly id: string;
  /** Shown to the model and in links, with forward slashes. */
  readonly path: string;
  /** Written before the path in links: `/` for the root of a workspace, empty for the folder that the reader is in. */
  readonly linkPrefix: string;
  /** All of the file's text. */
  readonly text: string;
  /** Summarize these lines alone; 1-based, inclusive. */
  readonly startLine?: number;
  readonly endLine?: number;
}

/** What an answer is made of, sent while it comes about. */
export type AnswerPart =
  /** What is being done; `done` of `count` when that is known. */
  | { readonly id: string; readonly kind: 'stage'; readonly stage: AnswerStage; readonly done?: number; readonly count?: number }
  | { readonly id: string; readonly kind: 'sources'; readonly sources: readonly Source[] }
  /** To be appended to what came before. */
  | { readonly id: string; readonly kind: 'text'; readonly text: string }
  | { readonly id: string; readonly kind: 'reference'; readonly reference: Reference };

/** `waiting`: for another answer; `workspace`: files are read and cut; `encoding`: segments; `reading`: tokens of the prompt. */
export type AnswerStage = 'waiting' | 'workspace' | 'encoding' | 'reading' | 'writing';

export type AnswerOutcome =
  /** `ending` says why the text ends: the model, the limit of tokens, or a repetition that was cut off. */
  | { readonly kind: 'answered'; readonly ending: 'model' | 'limit' | 'repetition' }
  /** Nothing in the workspace has to do with the question; the model was not asked. */
  | { readonly kind: 'not-found'; readonly reason: string }
  /** What was written until then is in the text. */
  | { readonly kind: 'cancelled' }
  | { readonly kind: 'not-ready'; readonly reason: string };

export interface AnswerResult {
  /** Markdown. */
  readonly text: string;
  readonly outcome: AnswerOutcome;
  readonly sources: readonly Source[];
  readonly references: readonly Reference[];
  readonly tokens: TokenCounts;
  /** `firstText` counts from the request to the first words of the answer. */
  readonly milliseconds: { readonly firstText: number; readonly firstToken: number; readonly total: number };
  readonly memory: MemoryUse;
  /** What the answer rests on. */
  readonly read: {
    /** Of the workspace. */
    readonly files: number;
    readonly segments: number;
    /** Segments that the memory recalled beside the sources. */
    readonly recalled: number;
  };
}
