import type { Place } from './answer';
import type { RankingReasons } from './recall';

/** Asks for the segments of the workspace that a question is about. The model is not asked. */
export interface SearchRequest {
  readonly question: string;
  /** Segments at most. */
  readonly limit: number;
  /** Of all texts together; a segment that does not fit is cut behind a line, and those behind it are left out. */
  readonly mostCharacters: number;
}

export interface SearchResult {
  /** The best first. */
  readonly segments: readonly FoundSegment[];
  /** Files that were looked through. */
  readonly files: number;
  /** Why nothing could be looked through. */
  readonly reason?: string;
}

/** Lines of a file, as it is now. */
export interface FoundSegment extends Place {
  readonly text: string;
  readonly why: RankingReasons;
}
