import { join } from 'node:path';
import { reasonNotToRead } from './checkPath';
import type { PathMatcher } from './doNotRead';
import { fileName } from './paths';
import { readText } from './readText';
import { defaultLimits, readWorkspace, resolveWorkspace, type WorkspaceLimits } from './readWorkspace';
import type { IndexedSegment } from './rank/lexicalIndex';
import type { RankedSegment } from './rank/ranked';
import { Ranker, type Attention, type CompletionContext } from './rank/ranker';
import type { Segment } from './segment/segment';
import type { Segmenter } from './segment/segmenter';
import type { Skip } from './skip';

/** What reading has come to. */
export interface ReadingProgress {
  readonly files: number;
  readonly segments: number;
  readonly skipped: number;
}

/** A folder, read and kept up to date: its segments, which of them matter for a request, and what is not read and why. */
export class Workspace {
  private readonly ranker = new Ranker();
  private readonly indexed = new Set<string>();
  private readonly skips = new Map<string, Skip>();
  /** Texts of open files, which count in place of what is on the disk. */
  private readonly openTexts = new Map<string, string>();
  /** The latest reading under way of each path, so that a slow one does not undo a later one. */
  private readonly takes = new Map<string, symbol>();

  private constructor(
    readonly root: string,
    private readonly segmenter: Segmenter,
    private readonly doNotRead: PathMatcher,
    private readonly limits: WorkspaceLimits,
  ) {}

  /** @throws ProblemError when the folder cannot be opened */
  static async open(root: string, segmenter: Segmenter, doNotRead: PathMatcher, limits = defaultLimits): Promise<Workspace> {
    return new Workspace(await resolveWorkspace(root), segmenter, doNotRead, limits);
  }

  /** Reads the whole folder, or what changed in it unseen. Stops between two files when the signal says so. */
  async read(onProgress: (progress: ReadingProgress) => void = () => undefined, signal?: AbortSignal): Promise<void> {
    const gone = new Set(this.indexed);
    this.skips.clear();
    for await (const file of readWorkspace(this.root, this.doNotRead, this.limits)) {
      if (signal?.aborted === true) return;
      if ('reason' in file) {
        this.skip(file);
      } else {
        gone.delete(file.path);
        await this.take(file.path, () => Promise.resolve(file));
      }
      onProgress(this.progress);
    }
    for (const path of gone) await this.take(path, () => this.load(path));
  }

  /** Takes note that a file came, changed or went. Ignore files change what may be read: then everything is read anew. */
  async changed(path: string): Promise<void> {
    if (['.gitignore', '.ignore'].includes(fileName(path))) await this.read();
    else await this.take(path, () => this.load(path));
  }

  /** An open file's text counts from now on, saved or not; `undefined` when it is closed. */
  async setOpenText(path: string, text: string | undefined): Promise<void> {
    if (text === undefined) this.openTexts.delete(path);
    else this.openTexts.set(path, text);
    await this.take(path, () => this.load(path));
  }

  /** The best segments for a completion, from other files than the one with the cursor. */
  rankForCompletion(context: CompletionContext, limit: number): RankedSegment[] {
    return this.ranker.forCompletion(context, limit);
  }

  rankForQuestion(question: string, attention: Attention, limit: number): RankedSegment[] {
    return this.ranker.forQuestion(question, attention, limit);
  }

  /** Whether a file's segments are in the index: it exists, and may be read and shown. */
  has(path: string): boolean {
    return this.indexed.has(path);
  }

  /** Paths of the files in the index, in the order they were taken in. */
  get paths(): readonly string[] {
    return [...this.indexed];
  }

  /** The segments that declare a name, by path and line. */
  declaring(name: string): IndexedSegment[] {
    return this.ranker.declaring(name);
  }

  /** The text of a file as it is now; undefined when it may not or cannot be read. */
  async textOf(path: string): Promise<string | undefined> {
    const loaded = await this.load(path);
    return 'text' in loaded ? loaded.text : undefined;
  }

  /** All segments of a file as it is now; none when it may not or cannot be read. */
  async segmentsOf(path: string): Promise<Segment[]> {
    const loaded = await this.load(path);
    return 'text' in loaded ? this.segmenter.segment(path, loaded.text) : [];
  }

  /** The segments of a text that reach behind a line (1-based): what is left of an open file after its suffix. */
  async segmentsBehind(path: string, text: string, line: number): Promise<Segment[]> {
    return (await this.segmenter.segment(path, text)).filter(({ endLine }) => endLine > line);
  }

  /** What is not read and why, in the order it was met. */
  get skipped(): readonly Skip[] {
    return [...this.skips.values()];
  }

  get progress(): ReadingProgress {
    return { files: this.indexed.size, segments: this.ranker.segmentCount, skipped: this.skips.size };
  }

  private async load(path: string): Promise<{ readonly text: string } | Skip> {
    const reason = await reasonNotToRead(this.root, path, this.doNotRead);
    const open = this.openTexts.get(path);
    // A new file that was never saved has nothing on the disk to be unreadable.
    if (open !== undefined && (reason === undefined || reason.reason === 'unreadable')) return { text: open };
    if (reason !== undefined) return { path, ...reason };
    return { path, ...(await readText(join(this.root, path), path)) };
  }

  private async take(path: string, load: () => Promise<{ readonly text: string } | Skip>): Promise<void> {
    const take = Symbol(path);
    this.takes.set(path, take);
    const loaded = await load();
    const text = 'text' in loaded ? (this.openTexts.get(path) ?? loaded.text) : undefined;
    const segments = text === undefined ? [] : await this.segmenter.segment(path, text);
    if (this.takes.get(path) !== take) return;
    this.takes.delete(path);
    if (text === undefined) {
      this.drop(path);
      if ('reason' in loaded && loaded.detail !== 'ENOENT') this.skip(loaded);
      return;
    }
    this.indexed.add(path);
    this.skips.delete(path);
    this.ranker.update(path, text, segments);
  }

  private drop(path: string): void {
    this.indexed.delete(path);
    this.ranker.remove(path);
  }

  /** Remembers a skip; of the many files beyond the limit only the first, which says it all. */
  private skip(skip: Skip): void {
    if (skip.reason === 'workspace-limit' && this.skips.has(beyondLimit)) return;
    this.skips.set(skip.reason === 'workspace-limit' ? beyondLimit : skip.path, skip);
  }
}

/** No path ends in a slash and begins with one. */
const beyondLimit = '/limit/';
