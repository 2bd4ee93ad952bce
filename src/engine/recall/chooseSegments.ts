import { posix } from 'node:path';
import { priorOfRank, Recall, segmentKey, type RecalledSegment } from '../memory';
import type { Attention, RankedSegment, RankingReasons, Segment, Workspace } from '../workspace';
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

/** Longer files are not cut while they are open, as that takes seconds at each pause. */
const longestCut = 100_000;

/** Of the segments that fit, the part that the rest of the open file may take. */
const shareOfOpenFile = 0.25;

/** Files may change between their ranking and their cutting, again and again. */
const mostRankings = 3;

export interface Choice {
  /** Of other files, the best first. */
  readonly retrieved: readonly ChosenSegment[];
  /** Of the open file, behind the suffix, in its order. */
  readonly behind: readonly ChosenSegment[];
}

/** How many segments are chosen. */
export interface ChoiceLimits {
  /** In all. */
  readonly capacity: number;
  /** Of other files. */
  readonly limit: number;
  /** Of other files only those that lie near: in the same folder, imported, open or lately edited. */
  readonly neighboursOnly?: boolean;
}

/**
 * The segments that a request's memory shall know: of the open file those that lie whole behind the suffix, the nearest
 * first, with prior 0; of other files the best, with a prior by rank.
 *
 * @param lastLine the last line that the suffix reaches
 */
export async function chooseSegments(workspace: Workspace, place: Place, attention: Attention, lastLine: number, { capacity, limit, neighboursOnly = false }: ChoiceLimits): Promise<Choice> {
  const rest = place.text.length > longestCut ? [] : await workspace.segmentsBehind(place.path, place.text, lastLine);
  const behind = rest.filter(({ startLine }) => startLine > lastLine).slice(0, Math.floor(capacity * shareOfOpenFile));
  const retrieved = await retrieve(workspace, place, attention, Math.min(limit, capacity - behind.length), neighboursOnly);
  return { retrieved, behind: behind.map((segment) => chosen(segment, 0)) };
}

/** The best segments of other files as these are now: where one turns out to have changed since it was ranked, all are ranked anew. */
async function retrieve(workspace: Workspace, place: Place, attention: Attention, count: number, neighboursOnly: boolean): Promise<ChosenSegment[]> {
  for (let ranking = 1; ; ranking++) {
    const ranked = neighboursOnly
      ? workspace.rankForCompletion({ ...place, ...attention }, Infinity).filter((segment) => isNeighbour(segment, place)).slice(0, count)
      : workspace.rankForCompletion({ ...place, ...attention }, count);
    const cut = await cutFiles(workspace, ranked);
    const found = ranked.flatMap(({ path, startLine, endLine, why }, rank) => {
      const segment = cut.get(path)?.find((one) => one.startLine === startLine && one.endLine === endLine);
      return segment === undefined ? [] : [{ ...chosen(segment, priorOfRank(rank)), why }];
    });
    if (found.length === ranked.length || ranking === mostRankings) return found;
  }
}

function isNeighbour({ path, why }: RankedSegment, place: Place): boolean {
  return posix.dirname(path) === posix.dirname(place.path) || why.imported > 0 || why.open > 0 || why.recent > 0;
}

async function cutFiles(workspace: Workspace, ranked: readonly RankedSegment[]): Promise<ReadonlyMap<string, readonly Segment[]>> {
  const cut = new Map<string, readonly Segment[]>();
  for (const { path } of ranked) if (!cut.has(path)) cut.set(path, await workspace.segmentsOf(path));
  return cut;
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
