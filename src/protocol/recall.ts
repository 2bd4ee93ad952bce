/** A segment that was in the memory when a completion was written. */
export interface RememberedSegment {
  /** Relative to its folder, with forward slashes. */
  readonly path: string;
  /** 1-based, inclusive. */
  readonly startLine: number;
  readonly endLine: number;
  /** Why it was chosen; absent for a part of the open file that lies behind what is read around the cursor. */
  readonly why?: RankingReasons;
  /** Its part of the memory's entries, 0 to 1, over all layers and heads. */
  readonly share: number;
}

/** The parts of a score, and what they come from. */
export interface RankingReasons {
  /** Share of the best match's lexical score, 0 to 1. */
  readonly lexical: number;
  /** Terms of the query that the segment contains, in the query's order. */
  readonly terms: readonly string[];
  /** Of the query's identifiers and the imported names, those that the segment declares. */
  readonly declares: readonly string[];
  readonly imported: number;
  readonly open: number;
  readonly recent: number;
}
