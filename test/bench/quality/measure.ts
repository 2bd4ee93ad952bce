import { CheckpointStore, LiveContext, Recall, SegmentEncoder, SegmentMemories, type BoundedCache, type MemoryPlan, type RecalledSegment } from '../../../src/engine/memory';
import { Documents } from '../../../src/engine/documents';
import type { Tokenizer } from '../../../src/engine/model';
import { chooseSegments } from '../../../src/engine/recall/chooseSegments';
import { lastLineOfSuffix } from '../../../src/engine/recall/place';
import type { Runtime } from '../../../src/engine/runtime';
import { Completer } from '../../../src/engine/tasks/complete';
import { poolSize, type Episode } from './episodes';
import { scoreLine, type LineScore, type LineTask } from './lines';
import { chunk, lossOf, openCache } from './reader';
import type { Repository } from './repository';

export const none = 'no context';
export const text = 'text 4';
const memorySizes = [512, 1024, 2048];
const segmentsAsText = 4;
/** A window in which segments and target stand whole, a multiple of the chunk: then attention is full. */
const textWindow = (segmentsAsText + 2) * 1024;
const never = new AbortController().signal;

/** One way to give the model a context: a cache, what its memory recalls and what stands before the text. */
interface Way {
  readonly row: string;
  readonly cache: BoundedCache;
  readonly recalls: boolean;
  readonly withPrior: boolean;
  /** The best first; only the first four are read as text. */
  readonly asText?: (episode: Episode) => readonly RecalledSegment[];
}

/** The engine's parts, set up to read the same target in every way that is compared. */
export class Measure {
  private readonly documents: Documents;

  private constructor(
    private readonly runtime: Runtime,
    private readonly tokenizer: Tokenizer,
    private readonly encoder: SegmentEncoder,
    private readonly ways: readonly Way[],
  ) {
    this.documents = new Documents(tokenizer);
  }

  private readonly memories = new SegmentMemories(4 * poolSize);

  static async create(runtime: Runtime, tokenizer: Tokenizer, plan: MemoryPlan): Promise<Measure> {
    const encoder = await SegmentEncoder.create(runtime);
    const memoryWays: Way[] = [];
    for (const k of memorySizes) {
      const cache = await openCache(runtime, plan, k);
      memoryWays.push({ row: `memory ${k}`, cache, recalls: true, withPrior: true });
      if (k === 1024) memoryWays.push({ row: `memory ${k}, no prior`, cache, recalls: true, withPrior: false });
    }
    const wide = await openCache(runtime, plan, 0, textWindow);
    return new Measure(runtime, tokenizer, encoder, [
      { row: none, cache: await openCache(runtime, plan, 0), recalls: false, withPrior: false },
      ...memoryWays,
      { row: text, cache: wide, recalls: false, withPrior: false, asText: ({ pool }) => pool },
      { row: `${text}, by shared tokens`, cache: wide, recalls: false, withPrior: false, asText: ({ poolByTokens }) => poolByTokens },
    ]);
  }

  /** Loss summed over the episode's places, by row. */
  async losses(episode: Episode, onRow: (row: string) => void): Promise<Map<string, number>> {
    onRow(`encoding ${episode.pool.length} segments`);
    await this.encode(episode.pool);
    const losses = new Map<string, number>();
    for (const { row, cache, recalls, withPrior, asText } of this.ways) {
      onRow(row);
      const before = joined(asText?.(episode) ?? []);
      const recall = recalls ? recallOf(episode.pool, withPrior) : Recall.nothing;
      const places = episode.places.map((place) => before.length + place);
      losses.set(row, await lossOf(cache, recall, this.memories, joined([{ tokens: before }, { tokens: episode.target }], false), places));
    }
    return losses;
  }

  /** The line completed in each way but those that differ in ranking alone. The segments are chosen for the cursor. */
  async line(task: LineTask, { workspace }: Repository, onRow: (row: string) => void): Promise<Map<string, LineScore>> {
    const place = { path: task.path, text: task.before + task.after, offset: task.before.length };
    const lastLine = lastLineOfSuffix(place, chunk, this.tokenizer);
    const { retrieved } = await chooseSegments(workspace, place, { open: [], recent: [] }, lastLine, { capacity: poolSize, limit: poolSize });
    onRow(`encoding ${retrieved.length} segments for a line`);
    await this.encode(retrieved);
    const scores = new Map<string, LineScore>();
    for (const { row, cache, recalls, withPrior, asText } of this.ways) {
      if (asText !== undefined && row !== text) continue;
      onRow(`line, ${row}`);
      const before = asText === undefined ? '' : this.tokenizer.decode(joined(retrieved));
      const recall = recalls ? recallOf(retrieved, withPrior) : Recall.nothing;
      scores.set(row, await scoreLine(this.completer(cache, recall), this.documents, `bench:${row}`, { ...task, before: before + task.before }));
    }
    return scores;
  }

  dispose(): void {
    this.encoder.dispose();
    for (const { cache } of this.ways) cache.dispose();
  }

  private completer(cache: BoundedCache, recall: Recall): Completer {
    cache.clear();
    const store = new CheckpointStore(0, chunk, []);
    const context = new LiveContext(cache, store, this.tokenizer.vocabulary, this.memories);
    return new Completer(this.runtime.manifest, this.tokenizer, this.documents, context, () => recall);
  }

  private async encode(segments: readonly RecalledSegment[]): Promise<void> {
    const missing = segments.filter(({ key }) => !this.memories.touch(key));
    for (const { key, tokens } of missing) this.memories.add(key, await this.encoder.encode(tokens, never));
  }
}

/** In the order of the memory, the best last, with or without the priors. */
function recallOf(pool: readonly RecalledSegment[], withPrior: boolean): Recall {
  return new Recall([...pool].reverse().map((segment) => (withPrior ? segment : { ...segment, prior: 0 })));
}

/** The best four as one text, the best next to what follows. */
function joined(best: readonly Pick<RecalledSegment, 'tokens'>[], ranked = true): Int32Array {
  const parts = ranked ? best.slice(0, segmentsAsText).reverse() : best;
  return Int32Array.from(parts.flatMap(({ tokens }) => [...tokens]));
}
