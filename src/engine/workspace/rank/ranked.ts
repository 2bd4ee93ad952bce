import type { RankingReasons } from '../../../protocol';

export type { RankingReasons } from '../../../protocol';

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
