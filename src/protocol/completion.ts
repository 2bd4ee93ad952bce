import type { CompletionOutcome } from './outcome';
import type { RememberedSegment } from './recall';

/** How tokens are drawn. `temperature` 0 is greedy, the default for completions. */
export interface SamplingOptions {
  readonly temperature: number;
  /** Nucleus: the smallest set of tokens whose probability reaches this. 1 keeps all. */
  readonly topP: number;
  /** Makes a run with `temperature` above 0 repeatable. */
  readonly seed?: number;
}

export interface CompletionRequest {
  /** A document opened before with {@link OpenDocument}. */
  readonly uri: string;
  /** The version the position belongs to; an older one than the engine holds is answered `cancelled`. */
  readonly version: number;
  /** UTF-16 offset of the cursor in the document. */
  readonly offset: number;
  /** Text the completion must begin with: the rest of what the suggest widget has selected. It is part of the answer. */
  readonly mustStartWith?: string;
  readonly maxTokens: number;
  /** Stop at the first line's end, or let the block finish. */
  readonly extent: 'line' | 'block';
  readonly sampling: SamplingOptions;
  /** Lookup speculation (greedy only): the text is the same with and without, only the time differs. */
  readonly speculation: boolean;
  /** Default: `everything`. */
  readonly readFirst?: ReadFirst;
}

/**
 * What is read before an answer. `everything`: all text before the cursor, however long that takes; the same document then
 * always has the same answer. `livePart`, what an editor asks: the text around the cursor, behind the memory that is there
 * already. The rest is read in pauses between requests, and the answer says what was missing ({@link CompletionResult.unread}).
 */
export type ReadFirst = 'everything' | 'livePart';

export interface CompletionResult {
  /** What to insert at the cursor; empty unless `outcome.kind` is `completed`. */
  readonly text: string;
  readonly outcome: CompletionOutcome;
  readonly tokens: TokenCounts;
  readonly milliseconds: CompletionTimes;
  readonly memory: MemoryUse;
  /** Segments that the memory held beside the text before the cursor, the best first; absent without a workspace. */
  readonly remembered?: readonly RememberedSegment[];
  /** Text before the cursor that the model had not read; absent when it knew all of it. */
  readonly unread?: UnreadText;
}

export interface UnreadText {
  readonly tokens: number;
  /** The first and the last line that is missing, at least in part; 1-based, inclusive. */
  readonly firstLine: number;
  readonly lastLine: number;
}

/** How far a document is read in pauses; sent while that goes on and when it is done. */
export interface DocumentReading {
  readonly uri: string;
  /** Tokens read of the `tokens` before the cursor; equal when the memory knows all of them. */
  readonly read: number;
  readonly tokens: number;
}

export interface TokenCounts {
  /** Run through the model for this request before the first new token. */
  readonly read: number;
  /** Of the context, already in the cache from earlier requests; without what is {@link CompletionResult.unread}. */
  readonly reused: number;
  readonly generated: number;
  /** Of the generated ones, proposed by lookup and confirmed by the model. */
  readonly accepted: number;
}

export interface CompletionTimes {
  /** Start of the engine and load of the model; 0 when it was already running. */
  readonly load: number;
  readonly firstToken: number;
  readonly total: number;
}

export interface MemoryUse {
  /** Bytes of the live key/value cache: allocated once, the same at any context length. */
  readonly keyValueBytes: number;
  /** Entries that the SparseK memory holds now, at most K, per layer and KV head. */
  readonly entries: number;
  /** Tokens in the live part. */
  readonly window: number;
}
