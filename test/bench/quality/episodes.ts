import { priorOfRank, segmentKey, type RecalledSegment } from '../../../src/engine/memory';
import type { Tokenizer } from '../../../src/engine/model';
import type { Workspace } from '../../../src/engine/workspace';
import type { Random } from '../../fixtures/random';
import { crossTokens, queryTokens } from './crossTokens';
import type { CutFile, Repository } from './repository';
import type { SharedTokens } from './sharedTokens';

/** Segments of a context: as many as a workspace's memory keeps. */
export const poolSize = 16;
/** Tokens of a target that are read. */
const targetTokens = 2048;
/** A shorter file is no target: too little would be measured. */
const shortestTarget = 3 * queryTokens;
/** Programs, not prose or data. */
export const sourceEnding = /\.(py|[jt]sx?|[cm]js|go|rs|java|c|cc|cpp|h|hpp)$/;

/** A file to predict from its start, behind segments of other files. */
export interface Episode {
  readonly file: CutFile;
  readonly target: Int32Array;
  /** Places in the target whose token is measured. */
  readonly places: readonly number[];
  /** The context: the best segments by the engine's ranking for a cursor behind the first 256 tokens, the best first. */
  readonly pool: readonly RecalledSegment[];
  /** The same, the best first by the tokens that they share with the first 256. */
  readonly poolByTokens: readonly RecalledSegment[];
}

/** The files that are long enough programs. */
export function targetsOf(files: readonly CutFile[]): CutFile[] {
  return files.filter(({ path, segments }) => sourceEnding.test(path) && lengthOf(segments) >= shortestTarget);
}

/** The beginning of a file that is measured. */
export function targetOf({ text }: CutFile, tokenizer: Tokenizer): Int32Array {
  return Int32Array.from(tokenizer.encode(text.replace(/\r\n?/g, '\n'))).slice(0, targetTokens);
}

/** Targets in a drawn order; those without a token that the context tells are left out. */
export async function* drawEpisodes({ files, workspace }: Repository, tokenizer: Tokenizer, shared: SharedTokens, random: Random): AsyncGenerator<Episode, void> {
  for (const file of shuffled(targetsOf(files), random)) {
    const target = targetOf(file, tokenizer);
    const query = target.subarray(0, queryTokens);
    const pool = await poolFor(workspace, file.path, tokenizer.decode(query));
    const places = crossTokens(target, pool.map(({ tokens }) => tokens));
    if (places.length === 0) continue;
    const relevance = new Map(pool.map((segment) => [segment, shared.relevance(query, segment.tokens)]));
    const poolByTokens = [...pool].sort((a, b) => (relevance.get(b) ?? 0) - (relevance.get(a) ?? 0));
    yield { file, target, places, pool, poolByTokens };
  }
}

/** The best segments of other files for a cursor at the end of a text, which is all that the ranking sees of the file. */
async function poolFor(workspace: Workspace, path: string, text: string): Promise<RecalledSegment[]> {
  const ranked = workspace.rankForCompletion({ path, text, offset: text.length, open: [], recent: [] }, poolSize);
  const pool: RecalledSegment[] = [];
  for (const [rank, { path: other, startLine, endLine }] of ranked.entries()) {
    const segment = (await workspace.segmentsOf(other)).find((one) => one.startLine === startLine && one.endLine === endLine);
    if (segment !== undefined) pool.push({ key: segmentKey(segment.tokens), tokens: segment.tokens, prior: priorOfRank(rank) });
  }
  return pool;
}

function lengthOf(segments: CutFile['segments']): number {
  return segments.reduce((sum, { tokens }) => sum + tokens.length, 0);
}

/** Fisher and Yates. */
export function shuffled<T>(items: readonly T[], random: Random): T[] {
  const result = [...items];
  for (let i = result.length - 1; i > 0; i--) {
    const j = random.below(i + 1);
    [result[i], result[j]] = [result[j], result[i]];
  }
  return result;
}
