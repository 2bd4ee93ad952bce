import { Emitter, type CancellationToken, type Event } from 'vscode-jsonrpc/node';
import {
  describeProblem,
  silentAnswer,
  silentResult,
  type AnswerPart,
  type AnswerResult,
  type ChangeDocument,
  type CompletionResult,
  type DocumentReading,
  type InitializeRequest,
  type MemoryView,
  type MemoryViewRequest,
  type Problem,
  type SearchRequest,
  type SearchResult,
  type WorkspaceAttention,
  type WorkspaceChange,
  type WorkspaceProgress,
  type WorkspaceReport,
} from '../protocol';
import type { AnsweringClient, WordyRequest } from './answering';
import type { EngineClient } from './engineClient';
import type { LiveDocument } from './documentMirror';
import type { Log } from './log';
import { crashProblem, whyNotReady } from './notReady';
import { EngineEndedError, problemOf } from './problem';
import { defaultRestartLimits, RestartPolicy } from './restartPolicy';
import type { EngineRun } from './engineRun';
import { EngineSession, type CompletionParameters, type SessionEnd } from './session';
import type { NodeChoice } from './findNode';
import { isOnTheWay, type EngineState } from './state';
import { waitForState } from './waitForState';

/** A request that comes while the engine starts waits this long at most. */
const readyWaitMilliseconds = 20_000;
/** A person who asked something waits for the model to load. */
const patienceMilliseconds = 120_000;

/** With what the engine is started. */
export interface SessionOptions {
  readonly node: NodeChoice;
  readonly initialize: InitializeRequest;
  /** Starts an engine or joins one. @throws Error whose message follows "The engine" */
  open(): Promise<EngineRun>;
}

/** Keeps one engine running: starts it when it is first needed, again when it ends by itself, and gives up in time. */
export class EngineSupervisor implements EngineClient, AnsweringClient {
  readonly onDidChangeState: Event<EngineState>;
  readonly onDidReadWorkspace: Event<void>;
  readonly onDidReadDocument: Event<DocumentReading>;
  readonly #stateChange = new Emitter<EngineState>();
  readonly #documentRead = new Emitter<DocumentReading>();
  readonly #workspaceRead = new Emitter<void>();
  readonly #workspace = new Map<string, WorkspaceProgress>();
  /** Documents that an engine held which was not used for a while. */
  #unloaded = new Set<string>();
  #attention: WorkspaceAttention | undefined;
  #readingIsPaused = false;
  readonly #policy: RestartPolicy;
  #state: EngineState = { kind: 'stopped' };
  #session: EngineSession | undefined;
  #pause: NodeJS.Timeout | undefined;
  /** Raised by everything that makes a launch under way obsolete. */
  #era = 0;

  /** @param options asked anew for each start, so that a changed setting holds from the next one on */
  constructor(private readonly options: () => Promise<SessionOptions>, private readonly log: Log, limits = defaultRestartLimits) {
    this.#policy = new RestartPolicy(limits);
    this.onDidChangeState = this.#stateChange.event;
    this.onDidReadDocument = this.#documentRead.event;
    this.onDidReadWorkspace = this.#workspaceRead.event;
  }

  get state(): EngineState {
    return this.#state;
  }

  get workspace(): readonly WorkspaceProgress[] {
    return [...this.#workspace.values()];
  }

  get processId(): number | undefined {
    return this.#session?.pid;
  }

  get heldDocuments(): readonly string[] {
    return this.#session?.documents.uris ?? [];
  }

  start(): void {
    if (this.#state.kind === 'stopped') void this.#launch();
  }

  restart(): void {
    this.#policy.forget();
    void this.#launch(this.#takeSession()?.shutDown());
  }

  renew(): void {
    this.#policy.forget();
    void this.#launch(this.#takeSession()?.leave());
  }

  stop(): void {
    this.#unloaded.clear();
    void this.#takeSession()?.leave();
    this.#setState({ kind: 'stopped' });
  }

  async complete(document: LiveDocument, parameters: CompletionParameters, token: CancellationToken): Promise<CompletionResult> {
    this.start();
    const state = await waitForState(this, (now) => !isOnTheWay(now), token, readyWaitMilliseconds);
    if (token.isCancellationRequested) return silentResult({ kind: 'cancelled' });
    if (state.kind === 'ready' && this.#session) return this.#session.complete(document, parameters, token);
    return silentResult({ kind: 'not-ready', reason: whyNotReady(state) });
  }

  async answer(request: WordyRequest, onPart: (part: AnswerPart) => void, token: CancellationToken): Promise<AnswerResult> {
    this.start();
    const state = await waitForState(this, (now) => !isOnTheWay(now), token, patienceMilliseconds);
    if (token.isCancellationRequested) return silentAnswer({ kind: 'cancelled' });
    if (state.kind === 'ready' && this.#session) return this.#session.answer(request, onPart, token);
    return silentAnswer({ kind: 'not-ready', reason: whyNotReady(state) });
  }

  async search(request: SearchRequest, token: CancellationToken): Promise<SearchResult> {
    this.start();
    const state = await waitForState(this, (now) => !isOnTheWay(now), token, patienceMilliseconds);
    const nothing = (reason: string) => ({ segments: [], files: 0, reason });
    if (token.isCancellationRequested) return nothing('The search was cancelled.');
    return state.kind === 'ready' && this.#session ? this.#session.search(request, token) : nothing(whyNotReady(state));
  }

  async countTokens(text: string): Promise<number | undefined> {
    return this.#state.kind === 'ready' ? this.#session?.countTokens(text).catch(() => undefined) : undefined;
  }

  changeDocument(change: ChangeDocument): void {
    // Whoever goes on typing will ask soon: the model is loaded meanwhile.
    if (this.#state.kind === 'stopped' && this.#unloaded.has(change.uri)) this.start();
    this.#session?.documents.change(change);
  }

  closeDocument(uri: string): void {
    this.#unloaded.delete(uri);
    this.#session?.documents.close(uri);
  }

  closeAllDocuments(): void {
    this.#session?.documents.closeAll();
  }

  workspaceChanged(change: WorkspaceChange): void {
    this.#session?.workspaceChanged(change);
  }

  pauseReading(paused: boolean): void {
    if (paused === this.#readingIsPaused) return;
    this.#readingIsPaused = paused;
    this.#session?.pauseReading(paused);
  }

  attend(attention: WorkspaceAttention): void {
    this.#attention = attention;
    this.#session?.attend(attention);
  }

  async workspaceReport(): Promise<WorkspaceReport | undefined> {
    return this.#state.kind === 'ready' ? this.#session?.workspaceReport().catch(() => undefined) : undefined;
  }

  async memoryView(request: MemoryViewRequest): Promise<MemoryView | undefined> {
    return this.#state.kind === 'ready' ? this.#session?.memoryView(request).catch(() => undefined) : undefined;
  }

  dispose(): void {
    this.#endSession();
    this.#workspaceRead.dispose();
    this.#documentRead.dispose();
    this.#stateChange.dispose();
  }

  /** @param before what must be over first */
  async #launch(before?: Promise<void>): Promise<void> {
    const era = ++this.#era;
    this.#setState({ kind: 'starting' });
    try {
      await before;
      if (era !== this.#era) return;
      const options = await this.options();
      if (era !== this.#era) return;
      const { executable, version, because, passedOver } = options.node;
      for (const sentence of passedOver) this.log.info(sentence);
      this.log.info(`The engine runs under Node ${version}, ${executable}, because it is ${because}.`);
      const run = await this.#open(options, era);
      if (run === undefined) return;
      const session = new EngineSession(run, options.initialize, this.log);
      this.#session = session;
      session.onDocumentReading((reading) => {
        if (era === this.#era) this.#documentRead.fire(reading);
      });
      session.onLoadProgress((progress) => {
        if (era === this.#era && this.#state.kind === 'starting') this.#setState({ kind: 'starting', progress });
      });
      session.onWorkspaceProgress((progress) => {
        if (era !== this.#era) return;
        this.#workspace.set(progress.folder, progress);
        this.#workspaceRead.fire();
      });
      // The engine heeds it once it is ready.
      if (this.#attention) session.attend(this.#attention);
      if (this.#readingIsPaused) session.pauseReading(true);
      void session.ended.then((end) => {
        if (era === this.#era) this.#ended(end);
      });
      const info = await session.ready;
      if (era !== this.#era) return;
      this.log.info(`Engine ${info.engineVersion} is ready after ${Math.round(info.loadMilliseconds)} ms: ${info.model.displayName} on ${info.device.name}.`);
      this.#setState({ kind: 'ready', info });
    } catch (error) {
      // That the process ended is told by `ended`, and is a matter for the restart policy.
      if (era !== this.#era || error instanceof EngineEndedError) return;
      this.#fail(problemOf(error));
    }
  }

  /** @returns undefined when it is not wanted any more, or failed like an engine that crashes */
  async #open(options: SessionOptions, era: number): Promise<EngineRun | undefined> {
    let run: EngineRun;
    try {
      run = await options.open();
    } catch (error) {
      if (era === this.#era) this.#crashed(error instanceof Error ? error.message : String(error));
      return undefined;
    }
    if (era === this.#era) return run;
    run.dispose();
    return undefined;
  }

  /** What somebody asked for is no crash. */
  #ended({ how, because }: SessionEnd): void {
    switch (because) {
      case undefined:
        this.#crashed(how);
        break;
      case 'restart':
        this.log.info('The engine was restarted by another window.');
        this.#endSession();
        void this.#launch();
        break;
      case 'idle':
        this.log.info('The engine was not used for a while and has ended. It starts again with the next edit or question.');
        this.#unloaded = new Set(this.heldDocuments);
        this.#endSession();
        this.#setState({ kind: 'stopped', isUnloaded: true });
        break;
    }
  }

  #crashed(how: string): void {
    this.#endSession();
    const decision = this.#policy.afterCrash(performance.now());
    if (decision.kind === 'give-up') {
      this.#fail(crashProblem(how));
      return;
    }
    this.log.warn(`The engine ${how}. It is started again in ${decision.afterMilliseconds} ms.`);
    this.#pause = setTimeout(() => void this.#launch(), decision.afterMilliseconds);
    this.#setState({ kind: 'restarting', because: `The engine ${how}.` });
  }

  #fail(problem: Problem): void {
    this.#endSession();
    this.log.error(describeProblem(problem));
    this.#setState({ kind: 'failed', problem });
  }

  #endSession(): void {
    this.#takeSession()?.dispose();
  }

  /** From now on there is none; the one that was is for whoever took it to end. */
  #takeSession(): EngineSession | undefined {
    this.#era++;
    clearTimeout(this.#pause);
    const session = this.#session;
    this.#session = undefined;
    this.#workspace.clear();
    return session;
  }

  #setState(state: EngineState): void {
    this.#state = state;
    this.#stateChange.fire(state);
  }
}
