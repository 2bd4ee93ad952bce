import type { RankingReasons } from './recall';

/** Asks what the memory holds at this moment. Nothing is read for it, and no completion waits for it. */
export interface MemoryViewRequest {
  /** Documents whose lines are asked for; of those that are not open in the engine nothing is answered. */
  readonly uris: readonly string[];
  /** Of these lines alone (1-based, inclusive), whether kept or not, with their shares by layer. */
  readonly detail?: { readonly startLine: number; readonly endLine: number };
}

export interface MemoryView {
  readonly documents: readonly DocumentMemory[];
  /** Segments that are in the memory, the best first, then those of the open file's own rest. */
  readonly segments: readonly SegmentInMemory[];
  /** Entries that the memory holds per layer and KV head, of at most `capacity`. */
  readonly entries: number;
  readonly capacity: number;
  readonly layers: number;
  readonly keyValueHeads: number;
}

/** What the memory keeps of an open document. */
export interface DocumentMemory {
  readonly uri: string;
  /** That the lines belong to. */
  readonly version: number;
  /** Lines of which anything is kept, in order; all others are not. Their number is bounded, however long the document is. */
  readonly lines: readonly LineMemory[];
  /** The last line, up to the cursor, that was read; 0 where nothing was. */
  readonly readTo: number;
  /** The document's own text in front of the cursor: its share of the memory's entries, 0 to 1. */
  readonly share: number;
}

export interface LineMemory {
  /** 1-based. */
  readonly line: number;
  /** Tokens that have a character of it; its line break is one. */
  readonly tokens: number;
  /** Share of them that is kept, 0 to 1: the average over layers and KV heads. */
  readonly kept: number;
  /** Some of it is text around the cursor, which is kept whole until the cursor moves on. */
  readonly live: boolean;
  /** `kept` by layer, where it was asked for. */
  readonly layers?: readonly number[];
}

/** A segment of a file that was read by itself and merged into the memory. */
export interface SegmentInMemory {
  /** Absolute path of the workspace's folder. */
  readonly folder: string;
  /** Relative to it, with forward slashes. */
  readonly path: string;
  /** 1-based, inclusive; where it stands now, or where it stood when it is stale. */
  readonly startLine: number;
  readonly endLine: number;
  /** Why it was chosen; absent for a part of the open file that lies behind what is read around the cursor. */
  readonly why?: RankingReasons;
  /** Its part of the memory's entries, 0 to 1, over all layers and heads. */
  readonly share: number;
  /** Its file does not hold this text any more: it goes when the memory is next made. */
  readonly stale: boolean;
  /** As in {@link DocumentMemory}; none when it is stale. */
  readonly lines: readonly LineMemory[];
}
