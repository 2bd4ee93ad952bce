import type { WorkspaceFolder } from '../../protocol';
import { Recall, SegmentEncoder, segmentKey, SegmentMemories, type MemoryPlan } from '../memory';
import type { Tokenizer } from '../model';
import type { Runtime } from '../runtime';
import type { AskedWorkspace } from '../tasks/ask';
import { doNotReadMatcher, Grammars, Workspace, type ReadingProgress } from '../workspace';
import { chooseSegments, recallOf, type ChosenSegment } from './chooseSegments';
import { PatientSegmenter } from './patientSegmenter';
import { lastLineOfSuffix, type Place } from './place';

/** Told while a place's memory is prepared. */
export interface PreparationEvents {
  reading(progress: ReadingProgress): void;
  /** Before a segment is encoded; `done` of the `count` chosen ones are. */
  encoding(segment: ChosenSegment, done: number, count: number): void;
}

/** What a workspace's segments contribute to the memory of completions: reads the folder, chooses, encodes, keeps. */
export class WorkspaceMemory {
  private workspace: Promise<Workspace> | undefined;
  private grammars: Grammars | undefined;
  private readonly closing = new AbortController();
  private readonly wanted = new Map<string, Recall>();

  private constructor(
    private readonly options: WorkspaceFolder,
    private readonly plan: MemoryPlan,
    private readonly tokenizer: Tokenizer,
    private readonly encoder: SegmentEncoder,
    readonly memories: SegmentMemories,
    private readonly warn: (message: string) => void,
    private readonly turn: () => Promise<void>,
  ) {}

  /**
   * Allocates what the plan states. The folder is read when the first place is prepared.
   *
   * @param turn awaited before each file is cut
   */
  static async create(
    options: WorkspaceFolder, plan: MemoryPlan, tokenizer: Tokenizer, runtime: Runtime, warn: (message: string) => void,
    turn: () => Promise<void> = () => Promise.resolve(),
  ): Promise<WorkspaceMemory> {
    const encoder = await SegmentEncoder.create(runtime);
    return new WorkspaceMemory(options, plan, tokenizer, encoder, new SegmentMemories(plan.segments), warn, turn);
  }

  get folder(): string {
    return this.options.folder;
  }

  /** Bytes of keys and values by now; at most the plan's `segmentBytes`. */
  get bytes(): number {
    return this.encoder.bytes + this.memories.bytes;
  }

  /** What completions in a document recall: of the segments chosen for it those that are encoded. */
  recallFor(document: string): Recall {
    return this.wanted.get(document)?.encodedIn(this.memories) ?? Recall.nothing;
  }

  /**
   * Chooses the segments for a place and encodes those that are not kept yet, the best first.
   *
   * @param limit segments of other files
   * @returns the chosen ones, the best first
   * @throws ProblemError when the folder cannot be read
   * @throws the signal's reason when aborted; what was encoded until then is kept and recalled
   */
  async prepare(document: string, place: Place, limit: number, signal: AbortSignal, events: PreparationEvents): Promise<readonly ChosenSegment[]> {
    const workspace = await this.read(events);
    signal.throwIfAborted();
    const lastLine = lastLineOfSuffix(place, this.plan.suffix, this.tokenizer);
    const choice = await chooseSegments(workspace, place, lastLine, this.memories.capacity, limit);
    signal.throwIfAborted();
    this.wanted.set(document, recallOf(choice));
    const chosen = [...choice.retrieved, ...choice.behind];
    // From the last to the best, so that the best is the last to be dropped.
    const missing = [...chosen].reverse().filter(({ key }) => !this.memories.touch(key)).reverse();
    for (const [i, segment] of missing.entries()) {
      events.encoding(segment, chosen.length - missing.length + i, chosen.length);
      this.memories.add(segment.key, await this.encoder.encode(segment.tokens, signal));
    }
    return chosen;
  }

  /** What a question needs of the workspace. */
  askedBy(workspace: Workspace): AskedWorkspace {
    return {
      workspace,
      memories: this.memories,
      encode: async (segments, signal, onDone) => {
        for (const [i, { tokens }] of segments.entries()) {
          onDone(i, segments.length);
          this.memories.add(segmentKey(tokens), await this.encoder.encode(tokens, signal));
        }
      },
    };
  }

  forget(document: string): void {
    this.wanted.delete(document);
  }

  /** Ends reading between two files; for the last time before {@link dispose}. */
  stop(): void {
    this.closing.abort();
  }

  dispose(): void {
    this.stop();
    this.encoder.dispose();
    this.grammars?.[Symbol.dispose]();
  }

  /**
   * The folder, read when it is first asked for.
   *
   * @throws ProblemError when it cannot be read
   */
  read(events: Pick<PreparationEvents, 'reading'>): Promise<Workspace> {
    this.workspace ??= this.open(events).catch((error: unknown) => {
      this.workspace = undefined;
      throw error;
    });
    return this.workspace;
  }

  private async open(events: Pick<PreparationEvents, 'reading'>): Promise<Workspace> {
    const { folder, doNotRead } = this.options;
    this.grammars ??= await Grammars.open(undefined, this.warn);
    const segmenter = new PatientSegmenter(this.tokenizer, this.grammars, this.turn);
    const workspace = await Workspace.open(folder, segmenter, doNotReadMatcher(doNotRead));
    await workspace.read((progress) => events.reading(progress), this.closing.signal);
    return workspace;
  }
}
