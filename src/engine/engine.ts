import {
  defaultStoreBudgetMegabytes, type AnswerPart, type AnswerResult,
  type AskRequest, type ChatRequest, type CompletionRequest, type CompletionResult, type DocumentReading, type EngineInfo, type InitializeRequest,
  type MemoryView, type MemoryViewRequest, type SearchRequest, type SearchResult, type SummarizeFolderRequest, type SummarizeRequest, type WorkspaceProgress,
} from '../protocol';
import { Answers } from './answers';
import { Documents } from './documents';
import { LoadedModel, refuseStranger, type LoadEvents } from './loadedModel';
import { OwnContexts, Recall } from './memory';
import type { Tokenizer } from './model';
import { WorkspaceMemory, type ChosenSegment, type PreparationEvents, type PreparedPlace } from './recall';
import type { Runtime } from './runtime';
import { openStore } from './store';
import { Completer } from './tasks/complete';
import { MemoryViewer } from './tasks/memoryView';

/** What an engine tells while it works. */
export interface EngineEvents extends LoadEvents {
  /** Awaited before each file of a workspace is cut, and now and then in a large one; resolves when the signal is aborted. */
  mayRead?(signal: AbortSignal): Promise<void>;
  /** Told now and then while a folder of the workspace is read, and when it is. */
  reading?(progress: WorkspaceProgress): void;
}

/**
 * What one window, or the command line, has of a loaded model: its documents, its workspace, and a view of the model's memory
 * in which only its own is seen.
 */
export class Engine implements AsyncDisposable {
  readonly documents: Documents;
  private readonly contexts: OwnContexts;
  private readonly completer: Completer;
  private readonly answers: Answers;
  private readonly viewer: MemoryViewer;

  private constructor(readonly model: LoadedModel, readonly workspace: WorkspaceMemory | undefined, private readonly owner: string, private readonly ownsModel: boolean) {
    const { runtime: { manifest }, tokenizer, contexts, conversations } = model;
    this.documents = new Documents(tokenizer);
    this.contexts = new OwnContexts(contexts, owner);
    this.completer = new Completer(manifest, tokenizer, this.documents, this.contexts, (uri) => workspace?.recallFor(uri) ?? Recall.nothing);
    this.viewer = new MemoryViewer(manifest, tokenizer.vocabulary, this.documents, this.contexts, workspace);
    this.answers = new Answers(conversations, workspace, owner);
  }

  /**
   * An engine with a model of its own, which is disposed with it.
   *
   * @throws ProblemError for a stranger's request, a broken pack or a budget that is too small; nothing stays loaded then
   */
  static async load(request: InitializeRequest, events: EngineEvents): Promise<Engine> {
    const model = await LoadedModel.load(request, request.workspace !== undefined, events);
    return new Engine(model, await openWorkspace(request, model, events), '', true);
  }

  /**
   * An engine on a model that others use as well. Disposing it leaves the model loaded, with nothing in it that was read here.
   *
   * @param owner names it among them
   * @throws ProblemError for a stranger's request
   */
  static async open(model: LoadedModel, request: InitializeRequest, events: EngineEvents, owner: string): Promise<Engine> {
    refuseStranger(request);
    return new Engine(model, await openWorkspace(request, model, events), owner, false);
  }

  get info(): EngineInfo {
    return this.model.info;
  }

  get runtime(): Runtime {
    return this.model.runtime;
  }

  get tokenizer(): Tokenizer {
    return this.model.tokenizer;
  }

  /**
   * Chooses and encodes the segments of the workspace that completions at a place in an open document recall. The first
   * call reads the workspace.
   *
   * @param limit segments of other files
   * @param firstFiles of a folder: when so many are read the first segments are chosen
   * @returns the chosen segments, the best first; none without a workspace, or for a document outside it
   * @throws ProblemError when the workspace cannot be read
   * @throws the signal's reason when aborted; what was encoded until then is recalled
   */
  async prepare({ uri, offset }: PreparedPlace, limit: number, signal: AbortSignal, events: PreparationEvents, firstFiles?: number): Promise<readonly ChosenSegment[]> {
    const content = this.documents.get(uri)?.content;
    if (this.workspace === undefined || content === undefined || 'unreadable' in content || content.isBinary) return [];
    const located = await this.workspace.folders.locate(uri);
    if (located === undefined) return [];
    await this.workspace.folders.follow(this.documents.all(), uri);
    const place = { folder: located.folder.options.folder, path: located.path, text: content.text, offset: content.snap(Math.min(offset, content.length)) };
    return this.workspace.prepare(uri, place, limit, signal, events, firstFiles);
  }

  /** A newer request for the same document supersedes this one, which is then answered `cancelled`. */
  complete(request: CompletionRequest, signal: AbortSignal): Promise<CompletionResult> {
    return this.model.queue.run(request.uri, signal, async (superseding) => {
      const result = await this.completer.complete(request, superseding);
      return this.workspace === undefined ? result : { ...result, remembered: this.workspace.describe(this.contexts.recalled, this.contexts.shares) };
    }, this.owner);
  }

  /** A newer question supersedes this one, which is then answered `cancelled`. Completions go first. */
  ask(request: AskRequest, signal: AbortSignal, send: (part: AnswerPart) => void): Promise<AnswerResult> {
    return this.answers.ask(request, signal, send);
  }

  /**
   * Reads in a pause what a completion at a place in an open document would leave unread, so that the next one there finds
   * all of it in the memory. Whatever is asked of the engine meanwhile goes first.
   *
   * @returns whether it was done; not when something went first, after which it can be called again and goes on
   * @throws the signal's reason when aborted
   */
  async readAhead(place: PreparedPlace, signal: AbortSignal, onReading: (reading: DocumentReading) => void): Promise<boolean> {
    return this.model.queue.runInPause(signal, async (superseding) => {
      try {
        const wanted = this.completer.wantedAt(place);
        if (wanted !== undefined) await this.contexts.prepare(wanted, superseding, (read, tokens) => onReading({ uri: place.uri, read, tokens }));
        return true;
      } catch (error) {
        signal.throwIfAborted();
        if (!superseding.aborted) throw error;
        return false;
      }
    }, this.owner);
  }

  /** Reads a text of any length and says what is in it. Completions go first. */
  summarize(request: SummarizeRequest, signal: AbortSignal, send: (part: AnswerPart) => void): Promise<AnswerResult> {
    return this.answers.summarize(request, signal, send);
  }

  /** Says what a folder of the workspace is for and what is in its files. Completions go first. */
  summarizeFolder(request: SummarizeFolderRequest, signal: AbortSignal, send: (part: AnswerPart) => void): Promise<AnswerResult> {
    return this.answers.summarizeFolder(request, signal, send);
  }

  /** Goes on with a conversation. Completions go first. */
  chat(request: ChatRequest, signal: AbortSignal, send: (part: AnswerPart) => void): Promise<AnswerResult> {
    return this.answers.chat(request, signal, send);
  }

  /** What of the workspace a question is about. @throws as {@link Answers.search} */
  search(request: SearchRequest, signal: AbortSignal): Promise<SearchResult> {
    return this.answers.search(request, signal);
  }

  /** What the memory of completions holds now. Looks without waiting for what runs, and changes nothing. */
  memoryView(request: MemoryViewRequest): Promise<MemoryView> {
    return this.viewer.view(request);
  }

  /** Ends the reading of the workspace, so that what prepares a place settles. */
  stopReading(): void {
    this.workspace?.stop();
  }

  async dispose(): Promise<void> {
    await this.answers.dispose();
    await this.model.leave(this.owner);
    await this.workspace?.close();
    if (this.ownsModel) await this.model.dispose();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.dispose();
  }
}

/** Without a workspace, or without room for one, there is none. */
async function openWorkspace({ workspace, memoryBudgetMegabytes, cacheDirectory, storeBudgetMegabytes = defaultStoreBudgetMegabytes }: InitializeRequest, model: LoadedModel, events: EngineEvents): Promise<WorkspaceMemory | undefined> {
  if (workspace === undefined) return undefined;
  const { plan, tokenizer, runtime } = model;
  if (plan.segments === 0) {
    events.log({ level: 'warning', text: `The memory budget of ${memoryBudgetMegabytes} MB has no room for other files of the workspace: completions know the open file alone.` });
    return undefined;
  }
  const warn = (text: string) => events.log({ level: 'warning', text });
  const { packVersion, geometry } = runtime.manifest;
  const store = storeBudgetMegabytes === 0 ? undefined : openStore({ cacheDirectory, megabytes: storeBudgetMegabytes, packVersion, geometry, warn });
  return new WorkspaceMemory(workspace, plan, tokenizer, await model.segments(), {
    warn, store,
    progress: (progress) => events.reading?.(progress),
    turn: (signal) => events.mayRead?.(signal) ?? Promise.resolve(),
  });
}
