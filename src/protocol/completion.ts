import type { CompletionOutcome } from './outcome';

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
}

export interface CompletionResult {
  /** What to insert at the cursor; empty unless `outcome.kind` is `completed`. */
  readonly text: string;
  readonly outcome: CompletionOutcome;
  readonly tokens: TokenCounts;
  readonly milliseconds: CompletionTimes;
  readonly memory: MemoryUse;
}

export interface TokenCounts {
  /** Run through the model for this request before the first new token. */
  readonly read: number;
  /** Of the context, already in the cache from earlier requests. */
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
