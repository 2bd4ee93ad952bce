import { priorOfRank, Recall, segmentKey, type RecalledSegment } from '../memory';
import type { Segment, Workspace, RankingReasons } from '../workspace';
import type { Place } from './place';

/** A segment chosen for a place. */
export interface ChosenSegment extends RecalledSegment {
  readonly path: string;
  /** 1-based, inclusive. */
  readonly startLine: number;
  readonly endLine: number;
  /** Why it was retrieved; undefined for a segment of the open file itself. */
  readonly why?: RankingReasons;
}

/** Longer files are not cut while they are open, as that would block for more than a tenth of a second. */
const longestCut = 100_000;

/** Of the segments that fit, the part that the rest of the open file may take. */
const shareOfOpenFile = 0.25;

export interface Choice {
  /** Of other files, the best first. */
  readonly retrieved: readonly ChosenSegment[];
  /** Of the open file, behind the suffix, in its order. */
  readonly behind: readonly ChosenSegment[];
}

/**
 * The segments that a request's memory shall know: of the open file those that lie whole behind the suffix, the nearest
 * first, with prior 0; of other files the best, with a prior by rank.
 *
 * @param lastLine the last line that the suffix reaches
 * @param capacity segments in all
 * @param limit segments of other files
 */
export async function chooseSegments(workspace: Workspace, place: Place, lastLine: number, capacity: number, limit: number): Promise<Choice> {
  const rest = place.text.length > longestCut ? [] : await workspace.segmentsBehind(place.path, place.text, lastLine);
  const behind = rest.filter(({ startLine }) => startLine > lastLine).slice(0, Math.floor(capacity * shareOfOpenFile));
  const ranked = workspace.rankForCompletion({ ...place, open: [], recent: [] }, Math.min(limit, capacity - behind.length));
  const retrieved: ChosenSegment[] = [];
  for (const [rank, { path, startLine, endLine, why }] of ranked.entries()) {
    // A file that has changed since it was ranked is ranked anew the next time.
    const segment = (await workspace.segmentsOf(path)).find((one) => one.startLine === startLine && one.endLine === endLine);
    if (segment !== undefined) retrieved.push({ ...chosen(segment, priorOfRank(rank)), why });
  }
  return { retrieved, behind: behind.map((segment) => chosen(segment, 0)) };
}

/**
 * In the order of the memory, which is defined for engine and training at the top of models/training/sparsek_code/reference.py:
 * the better a retrieved segment, the closer to the open file's own text; then the file's rest, in its order.
 */
export function recallOf({ retrieved, behind }: Choice): Recall {
  return new Recall([...retrieved].reverse().concat(behind));
}

function chosen({ path, startLine, endLine, tokens }: Segment, prior: number): ChosenSegment {
  return { key: segmentKey(tokens), path, startLine, endLine, tokens, prior };
}
