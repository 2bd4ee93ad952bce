import type { MemorySources, RememberedSegment, WorkspaceFolder, WorkspaceFolders, WorkspaceProgress } from '../../protocol';
import { noArchive, Recall, segmentKey, SegmentReader, type MemoryPlan, type RecalledSegment, type SegmentMemories, type SegmentPool } from '../memory';
import type { Tokenizer } from '../model';
import type { Store } from '../store';
import type { AskedWorkspace } from '../tasks/ask';
import type { SegmentOrigin, ViewedWorkspace } from '../tasks/memoryView';
import { doNotReadMatcher, Grammars, type Workspace } from '../workspace';
import { chooseSegments, recallOf, type ChosenSegment } from './chooseSegments';
import { ChosenSegments } from './chosenSegments';
import { Folder } from './folder';
import { Folders } from './folders';
import { KeptWorkspace } from './keptWorkspace';
import { PatientSegmenter } from './patientSegmenter';
import { lastLineOfSuffix, type Place } from './place';
import { readWhole, type WholeReading } from './readWhole';

/** Told while a place's memory is prepared. */
export interface PreparationEvents {
  reading(progress: WorkspaceProgress): void;
  /** Before a segment is encoded; `done` of the `count` chosen ones are. */
  encoding(segment: ChosenSegment, done: number, count: number): void;
}

/** What surrounds the memory of a workspace. */
export interface WorkspaceHost {
  warn(message: string): void;
  /** Now and then while a folder is read, and when it is. */
  progress?(progress: WorkspaceProgress): void;
  /** Awaited before each file is cut, and between slices of a large one. Resolves at once when the signal is aborted. */
  turn?(signal: AbortSignal): Promise<void>;
  /** Where memories and the index outlive the process, if anywhere. */
  readonly store?: Store | undefined;
}

/** What a workspace's segments contribute to the memory of completions: chooses, encodes, keeps. */
export class WorkspaceMemory implements ViewedWorkspace {
  readonly folders: Folders;
  private grammars: Promise<Grammars> | undefined;
  private readonly closing = new AbortController();
  private readonly wanted = new Map<string, Recall>();
  private readonly chosen: ChosenSegments;
  private readonly reader: SegmentReader;
  private readonly sources: MemorySources;
  /** Keys of all that was read for this workspace. */
  private readonly held = new Set<string>();

  /**
   * A folder is read when a place in it is first prepared.
   *
   * @param pool may serve several workspaces; what is not chosen here is not recalled here
   */
  constructor(
    { folders, sources = 'workspace' }: WorkspaceFolders,
    private readonly plan: MemoryPlan,
    private readonly tokenizer: Tokenizer,
    private readonly pool: SegmentPool,
    private readonly host: WorkspaceHost,
  ) {
    this.sources = sources;
    this.reader = new SegmentReader(pool.encoder, pool.memories, host.store?.memories ?? noArchive);
    this.chosen = new ChosenSegments(2 * pool.memories.capacity);
    const forget = (key: string) => this.memories.remove(key);
    const progress = (reading: WorkspaceProgress) => host.progress?.(reading);
    this.folders = new Folders(folders.map((options) => new Folder(options, () => this.open(options), forget, this.closing.signal, progress)));
  }

  /** Bytes of keys and values by now; at most the plan's `segmentBytes`. */
  get bytes(): number {
    return this.pool.bytes;
  }

  get memories(): SegmentMemories {
    return this.pool.memories;
  }

  /** What completions in a document recall: of the segments chosen for it those that are encoded. */
  recallFor(document: string): Recall {
    return this.wanted.get(document)?.encodedIn(this.memories) ?? Recall.nothing;
  }

  /** What is known of the segments that a memory has merged. @param shares of its entries, in the order of the segments */
  describe(recall: Recall, shares: readonly number[]): RememberedSegment[] {
    return this.chosen.describe(recall, shares);
  }

  /** See {@link ViewedWorkspace.originOf}. */
  async originOf({ key }: RecalledSegment, document: string): Promise<SegmentOrigin | undefined> {
    const chosen = this.chosen.get(key);
    const folder = (await this.folders.locate(document))?.folder;
    if (chosen === undefined || folder === undefined) return undefined;
    const { path, startLine, endLine, why } = chosen;
    return { folder: folder.options.folder, path, startLine, endLine, text: await folder.textOf(path), ...(why === undefined ? {} : { why }) };
  }

  /**
   * Chooses the segments for a place and encodes those that are not kept yet, the best first. In a folder that is being read
   * it does so twice: when `firstFiles` are, and when all are.
   *
   * @param limit segments of other files
   * @returns the chosen ones, the best first; none, and nothing is read, where completions know the open file alone
   * @throws ProblemError when the folder cannot be read
   * @throws the signal's reason when aborted; what was encoded until then is kept and recalled
   */
  async prepare(
    document: string, place: Place, limit: number, signal: AbortSignal, events: PreparationEvents, firstFiles = Infinity,
  ): Promise<readonly ChosenSegment[]> {
    const folder = this.folders.enter(place.folder);
    if (this.sources === 'openFile') return [];
    const { open, recent } = this.folders.attentionIn(folder);
    const workspace = await folder.readSome(firstFiles, [...recent, ...open], (progress) => events.reading(progress));
    signal.throwIfAborted();
    const chosen = await this.prepareIn(workspace, folder, document, place, limit, signal, events);
    if (folder.isRead) return chosen;
    await folder.read((progress) => events.reading(progress));
    signal.throwIfAborted();
    return this.prepareIn(workspace, folder, document, place, limit, signal, events);
  }

  private async prepareIn(
    workspace: Workspace, folder: Folder, document: string, place: Place, limit: number, signal: AbortSignal, events: PreparationEvents,
  ): Promise<readonly ChosenSegment[]> {
    const lastLine = lastLineOfSuffix(place, this.plan.suffix, this.tokenizer);
    const limits = { capacity: this.memories.capacity, limit, neighboursOnly: this.sources === 'neighbours' };
    const choice = await chooseSegments(workspace, place, this.folders.attentionIn(folder), lastLine, limits);
    signal.throwIfAborted();
    this.wanted.set(document, recallOf(choice));
    const chosen = [...choice.retrieved, ...choice.behind];
    this.chosen.add(chosen);
    // From the last to the best, so that the best is the last to be dropped.
    const missing = [...chosen].reverse().filter(({ key }) => !this.memories.touch(key)).reverse();
    for (const [i, segment] of missing.entries()) {
      events.encoding(segment, chosen.length - missing.length + i, chosen.length);
      await this.readSegment(workspace, segment, signal);
    }
    return chosen;
  }

  /** What a question needs of the workspace. */
  askedBy(workspace: Workspace): AskedWorkspace {
    return {
      workspace,
      memories: this.memories,
      encode: async (segments, signal, onDone) => {
        for (const [i, { path, tokens }] of segments.entries()) {
          onDone(i, segments.length);
          await this.readSegment(workspace, { path, tokens, key: segmentKey(tokens) }, signal);
        }
      },
    };
  }

  private async readSegment(workspace: Workspace, { path, key, tokens }: Pick<ChosenSegment, 'path' | 'key' | 'tokens'>, signal: AbortSignal): Promise<void> {
    this.held.add(key);
    await this.reader.read({ key, tokens, archivable: isSaved(workspace, path, key) }, signal);
  }

  forget(document: string): void {
    this.wanted.delete(document);
  }

  /** Ends reading between two files; for the last time before {@link dispose}. */
  stop(): void {
    this.closing.abort();
  }

  /** Encodes every segment of the folder that the store does not hold yet. @throws as {@link prepare} */
  async readWhole(signal: AbortSignal, events: Pick<PreparationEvents, 'reading'> & { encoding(reading: WholeReading): void }): Promise<WholeReading> {
    const bytesOf = (tokens: number) => this.host.store?.memories.bytesOf(tokens) ?? 0;
    return readWhole(await this.read(events), this.reader, bytesOf, signal, (reading) => events.encoding(reading));
  }

  /** Keeps what is to outlive the process, then disposes. The pool stays, without what was read for this workspace. */
  async close(): Promise<void> {
    this.stop();
    await this.folders.settled();
    await this.folders.keep();
    this.dispose();
  }

  dispose(): void {
    this.stop();
    for (const key of this.held) this.pool.memories.remove(key);
    void this.grammars?.then((grammars) => grammars[Symbol.dispose](), () => undefined);
  }

  /**
   * The folder that was completed in last (or the first), with all that is known to have changed, read whole.
   *
   * @throws ProblemError when it cannot be read
   */
  read(events: Pick<PreparationEvents, 'reading'>): Promise<Workspace> {
    return this.folders.current.read((progress) => events.reading(progress));
  }

  private async open({ folder, doNotRead }: WorkspaceFolder): Promise<KeptWorkspace> {
    const { host } = this;
    this.grammars ??= Grammars.open(undefined, (message) => host.warn(message));
    const segmenter = new PatientSegmenter(this.tokenizer, await this.grammars, () => host.turn?.(this.closing.signal) ?? Promise.resolve());
    return KeptWorkspace.open(folder, segmenter, doNotReadMatcher(doNotRead, folder), host.store);
  }
}

/** Only what lies on the disk, and may be read, is written to another place there. */
function isSaved(workspace: Workspace, path: string, key: string): boolean {
  return workspace.savedSegments(path).some((saved) => saved.key === key);
}
