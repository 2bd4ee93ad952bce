import { layerGroups, type LayerGroup, type PerGroup } from '../../kernels';
import {
  defaultConversationBudgetMegabytes, defaultStoreBudgetMegabytes, ProblemError, protocolVersion, type AnswerPart, type AnswerResult,
  type AskRequest, type ChatRequest, type CompletionRequest, type CompletionResult, type DocumentReading, type EngineInfo, type InitializeRequest,
  type LoadProgress, type LogMessage, type MemoryView, type MemoryViewRequest, type SearchRequest, type SearchResult, type SummarizeFolderRequest, type SummarizeRequest, type WorkspaceProgress,
} from '../protocol';
import { Answers } from './answers';
import { Documents } from './documents';
import { BoundedCache, checkpointShapes, CheckpointStore, Contexts, LiveContext, planConversation, planMemory, Recall, type MemoryPlan } from './memory';
import { readManifest, Tokenizer, verifyFiles, type ModelManifest } from './model';
import { WorkspaceMemory, type ChosenSegment, type PreparationEvents, type PreparedPlace } from './recall';
import { RequestQueue } from './requestQueue';
import { chooseRuntime, type Runtime } from './runtime';
import { openStore } from './store';
import { Completer } from './tasks/complete';
import { MemoryViewer } from './tasks/memoryView';
import { engineVersion } from './version';

/** What an engine tells while it works. */
export interface EngineEvents {
  progress(progress: LoadProgress): void;
  log(message: LogMessage): void;
  /** Awaited before each file of a workspace is cut, and now and then in a large one; without it files are read as fast as they can be. */
  mayRead?(): Promise<void>;
  /** Told now and then while a folder of the workspace is read, and when it is. */
  reading?(progress: WorkspaceProgress): void;
}

/** A loaded model with its memory and the documents it completes in. The same behind the editor and the command line. */
export class Engine implements AsyncDisposable {
  readonly documents: Documents;
  private readonly queue = new RequestQueue();
  private readonly completer: Completer;
  private readonly answers: Answers;
  private readonly viewer: MemoryViewer;

  private constructor(
    readonly info: EngineInfo,
    readonly runtime: Runtime,
    readonly tokenizer: Tokenizer,
    private readonly contexts: Contexts,
    readonly workspace: WorkspaceMemory | undefined,
    conversation: MemoryPlan,
  ) {
    const { manifest } = runtime;
    this.documents = new Documents(tokenizer);
    this.completer = new Completer(manifest, tokenizer, this.documents, contexts, (uri) => workspace?.recallFor(uri) ?? Recall.nothing);
    this.viewer = new MemoryViewer(manifest, tokenizer.vocabulary, this.documents, contexts, workspace);
    this.answers = new Answers(runtime, tokenizer, conversation, workspace, this.queue);
  }

  /**
   * Checks the model pack, states the memory plan, loads.
   *
   * @throws ProblemError for a stranger's request, a broken pack or a budget that is too small; nothing stays loaded then
   */
  static async load(request: InitializeRequest, events: EngineEvents): Promise<Engine> {
    const started = performance.now();
    refuseStranger(request);
    const manifest = await readManifest(request.modelDirectory);
    const plan = planMemory(request.memoryBudgetMegabytes, manifest, request.workspace !== undefined);
    const conversation = planConversation(request.conversationBudgetMegabytes ?? defaultConversationBudgetMegabytes, manifest);
    events.log({ level: 'info', text: `${describePlan(plan, layerGroups(manifest))} Conversations: ${conversation.slots} slots in ${conversation.keyValueBytes} bytes, taken when something is asked.` });
    await verify(request, manifest, events);
    events.progress({ stage: 'loading', fraction: 0, detail: manifest.displayName });
    const tokenizer = await Tokenizer.open(request.modelDirectory, manifest);
    const runtime = await chooseRuntime(request, manifest, (message) => events.log(message));
    events.log({ level: 'info', text: `The model runs on ${runtime.device.name}. ${runtime.device.reason}` });
    const workspace = await openWorkspace(request, plan, tokenizer, runtime, events);
    const contexts = await createContexts(runtime, plan, tokenizer, workspace);
    events.progress({ stage: 'ready', fraction: 1, detail: manifest.displayName });
    return new Engine(describe(runtime, plan, conversation, performance.now() - started), runtime, tokenizer, contexts, workspace, conversation);
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
    return this.queue.run(request.uri, signal, async (superseding) => {
      const result = await this.completer.complete(request, superseding);
      return this.workspace === undefined ? result : { ...result, remembered: this.workspace.describe(this.contexts.recalled, this.contexts.shares) };
    });
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
    return this.queue.runInPause(signal, async (superseding) => {
      try {
        const wanted = this.completer.wantedAt(place);
        if (wanted !== undefined) await this.contexts.prepare(wanted, superseding, (read, tokens) => onReading({ uri: place.uri, read, tokens }));
        return true;
      } catch (error) {
        signal.throwIfAborted();
        if (!superseding.aborted) throw error;
        return false;
      }
    });
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
    await this.queue.close();
    await this.workspace?.close();
    this.contexts.dispose();
    this.tokenizer.dispose();
    await this.runtime.dispose();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.dispose();
  }
}

function refuseStranger({ protocolVersion: asked }: InitializeRequest): void {
  if (asked === protocolVersion) return;
  throw new ProblemError({
    code: 'bad-request',
    what: `The editor speaks version ${asked} of the engine's protocol, the engine version ${protocolVersion}.`,
    meaning: 'They come from different releases and would misunderstand each other.',
    remedy: 'Reload the window; if that does not help, reinstall the extension.',
  });
}

async function verify({ modelDirectory, cacheDirectory }: InitializeRequest, manifest: ModelManifest, events: EngineEvents): Promise<void> {
  events.progress({ stage: 'verifying', fraction: 0, detail: modelDirectory });
  const { notRemembered } = await verifyFiles(modelDirectory, manifest, {
    cacheDirectory,
    onProgress: (fraction, detail) => events.progress({ stage: 'verifying', fraction, detail }),
  });
  if (notRemembered === undefined) return;
  events.log({ level: 'warning', text: `The cache folder cannot be written (${notRemembered}). The model's files will be checked again at every start. Make ${cacheDirectory} writable.` });
}

/** The two caches of the plan, with their checkpoints. */
async function createContexts(runtime: Runtime, plan: MemoryPlan, { vocabulary }: Tokenizer, workspace: WorkspaceMemory | undefined): Promise<Contexts> {
  const checkpoints = new CheckpointStore(plan.checkpoints, plan.chunk, checkpointShapes(plan, layerGroups(runtime.manifest)));
  const context = async () => new LiveContext(await BoundedCache.create(runtime, plan), checkpoints, vocabulary, workspace?.memories);
  return new Contexts(await context(), await context());
}

/** Without a workspace, or without room for one, there is none. */
async function openWorkspace(
  { workspace, memoryBudgetMegabytes, cacheDirectory, storeBudgetMegabytes = defaultStoreBudgetMegabytes }: InitializeRequest, plan: MemoryPlan, tokenizer: Tokenizer, runtime: Runtime, events: EngineEvents,
): Promise<WorkspaceMemory | undefined> {
  if (workspace === undefined) return undefined;
  if (plan.segments === 0) {
    events.log({ level: 'warning', text: `The memory budget of ${memoryBudgetMegabytes} MB has no room for other files of the workspace: completions know the open file alone.` });
    return undefined;
  }
  const warn = (text: string) => events.log({ level: 'warning', text });
  const { packVersion, geometry } = runtime.manifest;
  const store = storeBudgetMegabytes === 0 ? undefined : openStore({ cacheDirectory, megabytes: storeBudgetMegabytes, packVersion, geometry, warn });
  return WorkspaceMemory.create(workspace, plan, tokenizer, runtime, {
    warn, store,
    progress: (progress) => events.reading?.(progress),
    turn: () => events.mayRead?.() ?? Promise.resolve(),
  });
}

function describePlan({ entries, window, slots, keyValueBytes, readAheadBytes, checkpoints, checkpointBytes, segments, segmentBytes }: MemoryPlan, groups: PerGroup<LayerGroup>): string {
  const shares = groups.map(({ firstLayer, layers, share }) => `${share} times in layers ${firstLayer} to ${firstLayer + layers - 1}`).join(', ');
  return `Memory plan: K = ${entries}${groups.length > 1 ? ` (${shares})` : ''}, W = ${window}, ${slots} slots in ${keyValueBytes} bytes, the same again in ${readAheadBytes} bytes to read ahead, ${checkpoints} checkpoints in at most ${checkpointBytes} bytes, `
    + `${segments} segments of the workspace in at most ${segmentBytes} bytes.`;
}

function describe({ manifest, device }: Runtime, plan: MemoryPlan, conversation: MemoryPlan, loadMilliseconds: number): EngineInfo {
  const { entries, window, slots, keyValueBytes, readAheadBytes, checkpointBytes, segmentBytes } = plan;
  const { layers, width, queryHeads, keyValueHeads, headDim, vocabulary } = manifest.geometry;
  const { name, displayName, packVersion } = manifest;
  const weightBytes = Object.values(manifest.files).reduce((sum, { bytes }) => sum + bytes, 0);
  return {
    protocolVersion,
    engineVersion,
    node: process.version,
    executable: process.execPath,
    model: { name, displayName, packVersion, layers, width, queryHeads, keyValueHeads, headDim, vocabulary, weightBytes },
    device,
    memory: { entries, window, slots, keyValueBytes, readAheadBytes, checkpointBytes, segmentBytes },
    conversation: { entries: conversation.entries, window: conversation.window, slots: conversation.slots, keyValueBytes: conversation.keyValueBytes },
    loadMilliseconds,
  };
}
