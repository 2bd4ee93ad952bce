import { join } from 'node:path';
import { isFolder, reasonNotToRead } from './checkPath';
import type { PathMatcher } from './doNotRead';
import { FileRecords, type SegmentRecord, type Sighting } from './fileRecords';
import { stampOf } from './fileStamp';
import { fileName } from './paths';
import { maxFileBytes, readText } from './readText';
import { countFiles, defaultLimits, readChanges, resolveWorkspace, type FileLook, type WorkspaceLimits } from './readWorkspace';
import type { IndexedSegment } from './rank/lexicalIndex';
import type { RankedSegment } from './rank/ranked';
import { Ranker, type Attention, type CompletionContext } from './rank/ranker';
import type { Segment } from './segment/segment';
import { segmentKey } from './segment/segmentKey';
import type { Segmenter } from './segment/segmenter';
import type { Skip, SkipReason } from './skip';
import type { WorkspaceSnapshot } from './snapshot';

/** What reading has come to. */
export interface ReadingProgress {
  readonly files: number;
  readonly segments: number;
  readonly skipped: number;
}

/** A folder, read and kept up to date: its segments, which of them matter for a request, and what is not read and why. */
export class Workspace {
  private readonly indexed: Set<string>;
  private readonly skips = new Map<string, Skip>();
  /** Texts of open files, which count in place of what is on the disk. */
  private readonly openTexts = new Map<string, string>();
  /** The latest reading under way of each path, so that a slow one does not undo a later one. */
  private readonly takes = new Map<string, symbol>();
  private changeCount = 0;

  private constructor(
    readonly root: string,
    private readonly segmenter: Segmenter,
    private readonly doNotRead: PathMatcher,
    private readonly limits: WorkspaceLimits,
    private readonly ranker: Ranker,
    private readonly records: FileRecords,
  ) {
    this.indexed = new Set(records.paths());
  }

  /**
   * @param kept what an earlier one held of the same folder: files that still look the same are not read again
   * @throws ProblemError when the folder cannot be opened
   */
  static async open(root: string, segmenter: Segmenter, doNotRead: PathMatcher, limits = defaultLimits, kept?: WorkspaceSnapshot): Promise<Workspace> {
    const ranker = kept === undefined ? new Ranker() : await Ranker.from(kept.ranker);
    return new Workspace(await resolveWorkspace(root), segmenter, doNotRead, limits, ranker, new FileRecords(kept?.files));
  }

  /** What it holds, to be kept. */
  async snapshot(): Promise<WorkspaceSnapshot> {
    const files = this.records.entries();
    return { files, ranker: await this.ranker.snapshot() };
  }

  /** How many files reading the whole folder looks at. */
  count(signal?: AbortSignal): Promise<number> {
    return countFiles(this.root, this.doNotRead, this.limits, signal);
  }

  /** Reads the whole folder, or what changed in it unseen. Stops between two files when the signal says so. */
  async read(onProgress: (progress: ReadingProgress) => void = () => undefined, signal?: AbortSignal): Promise<void> {
    this.skips.clear();
    await this.compare('', onProgress, signal);
  }

  /** Reads what changed below a folder: empty for all, or ending in a slash. */
  private async compare(below: string, onProgress: (progress: ReadingProgress) => void = () => undefined, signal?: AbortSignal): Promise<void> {
    const gone = new Set([...this.indexed].filter((path) => path.startsWith(below)));
    for await (const file of readChanges(this.root, this.doNotRead, this.limits, (path) => this.look(path), below)) {
      if (signal?.aborted === true) return;
      if ('reason' in file) {
        this.skip(file);
      } else {
        gone.delete(file.path);
        if (!('unchanged' in file)) await this.take(file.path, () => Promise.resolve({ ...file, saved: true }));
      }
      onProgress(this.progress);
    }
    for (const path of gone) await this.take(path, () => this.load(path));
  }

  /**
   * Takes note that a file or a folder came, changed or went, with all that lies in it. Ignore files change what may be read:
   * then everything is read anew.
   */
  async changed(path: string): Promise<void> {
    if (this.decidesWhatIsRead(path)) {
      await this.read();
    } else if (await isFolder(join(this.root, path))) {
      if (await reasonNotToRead(this.root, `${path}/`, this.doNotRead) === undefined) await this.compare(`${path}/`);
    } else {
      // A folder that went takes its files with it; of a file that went none has its path before its own.
      const below = this.indexed.has(path) ? [] : this.paths.filter((one) => one.startsWith(`${path}/`));
      for (const one of [path, ...below]) await this.take(one, () => this.load(one));
    }
  }

  /** Whether a path is that of an ignore file. */
  decidesWhatIsRead(path: string): boolean {
    return ['.gitignore', '.ignore'].includes(fileName(path));
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

  /** All segments of a file as it is now, which the index holds from now on; none when it may not or cannot be read. */
  async segmentsOf(path: string): Promise<readonly Segment[]> {
    return this.take(path, () => this.load(path), true);
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

  /** The segments of a file that may be read, as it lies on the disk. */
  savedSegments(path: string): readonly SegmentRecord[] {
    return this.records.saved(path);
  }

  /** Raised whenever the index changes. */
  get changes(): number {
    return this.changeCount;
  }

  /** Keys of segments that came to be forbidden since this was asked last: of files that are ignored or secret by now. */
  takeForbidden(): string[] {
    return this.records.takeForbidden();
  }

  private async look(path: string): Promise<FileLook> {
    const stamp = await stampOf(join(this.root, path));
    if (stamp === undefined) return { unchanged: false };
    return { stamp, unchanged: this.indexed.has(path) && this.records.stampOf(path) === stamp };
  }

  private async load(path: string): Promise<Sighting | Skip> {
    const reason = await reasonNotToRead(this.root, path, this.doNotRead);
    const open = this.openTexts.get(path);
    if (open !== undefined && open.length > maxFileBytes) return { path, reason: 'too-large', detail: `${open.length} characters, limit ${maxFileBytes}` };
    if (reason !== undefined) {
      // A new file that was never saved has nothing on the disk to be unreadable.
      return open !== undefined && reason.reason === 'unreadable' ? { text: open, saved: false } : { path, ...reason };
    }
    const { stamp } = await this.look(path);
    const read = await readText(join(this.root, path), path);
    if (open !== undefined && !('text' in read && read.text === open)) return { text: open, saved: false };
    if ('reason' in read) return { path, ...read };
    return { ...read, saved: true, ...(stamp === undefined ? {} : { stamp }) };
  }

  /** @returns the file's segments, where they had to be made or are wanted */
  private async take(path: string, load: () => Promise<Sighting | Skip>, wanted = false): Promise<readonly Segment[]> {
    const take = Symbol(path);
    this.takes.set(path, take);
    const loaded = await load();
    const sighting = 'text' in loaded ? this.withOpenText(path, loaded) : undefined;
    const isHeld = sighting !== undefined && this.indexed.has(path) && this.records.sees(path, sighting);
    const segments = sighting === undefined || (isHeld && !wanted) ? [] : await this.segmenter.segment(path, sighting.text);
    if (this.takes.get(path) !== take) return segments;
    this.takes.delete(path);
    if (sighting === undefined) {
      this.drop(path, loaded);
      return segments;
    }
    this.skips.delete(path);
    // A stamp alone may have changed.
    this.changeCount++;
    if (isHeld) return segments;
    this.indexed.add(path);
    this.records.note(path, sighting, segments.map(({ tokens }) => ({ key: segmentKey(tokens), tokens: tokens.length })));
    await this.ranker.update(path, sighting.text, segments);
    return segments;
  }

  /** A file may have been opened while it was read. */
  private withOpenText(path: string, loaded: Sighting): Sighting {
    const open = this.openTexts.get(path);
    return open === undefined || open === loaded.text ? loaded : { text: open, saved: false };
  }

  private drop(path: string, why: Skip | Sighting): void {
    const isForbidden = 'reason' in why && forbidden.has(why.reason);
    if (this.indexed.delete(path)) this.changeCount++;
    this.records.remove(path, !isForbidden);
    this.ranker.remove(path);
    if ('reason' in why) this.skip(why);
  }

  /** Remembers a skip; of the many files beyond the limit only the first, which says it all. */
  private skip(skip: Skip): void {
    // It went while it was read.
    if (skip.detail === 'ENOENT') this.skips.delete(skip.path);
    else if (skip.reason !== 'workspace-limit') this.skips.set(skip.path, skip);
    else if (!this.skips.has(beyondLimit)) this.skips.set(beyondLimit, skip);
  }
}

/** What must not be read, as opposed to what cannot or need not be. */
const forbidden: ReadonlySet<SkipReason> = new Set(['do-not-read', 'ignored', 'excluded-folder', 'unreadable-ignore-file']);

/** No path ends in a slash and begins with one. */
const beyondLimit = '/limit/';
