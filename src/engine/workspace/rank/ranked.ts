/** A segment chosen for a request, and why. */
export interface RankedSegment {
  readonly path: string;
  /** 1-based, inclusive. */
  readonly startLine: number;
  readonly endLine: number;
  /** Sum of the parts in `why`. */
  readonly score: number;
  readonly why: RankingReasons;
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
