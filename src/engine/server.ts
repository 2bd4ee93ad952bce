import { CancellationToken, ErrorCodes, ResponseError, type MessageConnection } from 'vscode-jsonrpc/node';
import {
  describeProblem, methods, ProblemError, type AnswerPart, type AnswerResult, type AskRequest, type ChangeDocument, type ChatRequest, type CloseDocument, type CompletionRequest, type DocumentReading, type EngineInfo,
  type InitializeRequest, type LoadProgress, type LogMessage, type MemoryViewRequest, type OpenDocument, type PauseReading, type Problem, type WorkspaceAttention, type WorkspaceChange, type WorkspaceReport, type SearchRequest, type SearchResult, type SummarizeFolderRequest, type SummarizeRequest, type TokenCountRequest,
} from '../protocol';
import { Engine, type EngineEvents } from './engine';
import type { Host, HostedWindow } from './host';
import type { LoadedModel } from './loadedModel';
import { isLostDevice, openInPlaceOf } from './lostDevice';
import { problemOf } from './problemOf';
import { ReadingPause, type PreparedPlace } from './recall';

/** Segments of other files that a completion recalls, where there is room for them. */
const recalledSegments = 8;

/** Files after which the first segments are chosen and encoded, though a large folder is read for minutes. */
const firstFiles = 1_000;

/** Answers one window's messages. The first request loads the model, or takes up the one that other windows use. */
export class Server implements HostedWindow {
  private engine: Promise<Engine> | undefined;
  private request: InitializeRequest | undefined;
  private readonly owner: string;
  private readonly told = new Set<string>();
  private readonly events: EngineEvents = {
    progress: (progress) => this.progress(progress),
    log: (message) => this.log(message),
    mayRead: async (signal) => {
      await this.host.mayWork(signal);
      await this.pause.mayGoOn(signal);
    },
    reading: (progress) => this.notify(methods.workspaceProgress, progress),
  };
  private readonly pause = new ReadingPause();
  private closing: Promise<void> | undefined;
  private cannotPrepare = false;

  /** @param shutDown ends the engine: everybody's */
  constructor(private readonly connection: MessageConnection, private readonly host: Host, shutDown: () => Promise<void>) {
    this.owner = host.join(this);
    const { idle, use } = host;
    const using = <T>(result: Promise<T>) => use.during(answer(result));
    connection.onRequest(methods.initialize, (request: InitializeRequest) => using(this.initialize(request)));
    connection.onRequest(methods.complete, (request: CompletionRequest, token: CancellationToken) => using(this.complete(request, token)));
    connection.onRequest(methods.ask, (request: AskRequest, token: CancellationToken) => using(this.pause.during(() => this.inWords(token, (engine, signal, send) => engine.ask(request, signal, send)))));
    connection.onRequest(methods.summarize, (request: SummarizeRequest, token: CancellationToken) => using(this.inWords(token, (engine, signal, send) => engine.summarize(request, signal, send))));
    connection.onRequest(methods.summarizeFolder, (request: SummarizeFolderRequest, token: CancellationToken) => using(this.inWords(token, (engine, signal, send) => engine.summarizeFolder(request, signal, send))));
    connection.onRequest(methods.chat, (request: ChatRequest, token: CancellationToken) => using(this.inWords(token, (engine, signal, send) => engine.chat(request, signal, send))));
    connection.onRequest(methods.search, (request: SearchRequest, token: CancellationToken) => using(this.pause.during(() => this.search(request, token))));
    connection.onRequest(methods.countTokens, ({ text }: TokenCountRequest) => using(this.loaded().then(({ tokenizer }) => tokenizer.encode(text).length)));
    connection.onRequest(methods.memoryView, (request: MemoryViewRequest) => using(this.loaded().then((engine) => engine.memoryView(request))));
    connection.onRequest(methods.shutdown, () => answer(shutDown().then(() => null)));
    connection.onNotification(methods.openDocument, (document: OpenDocument) => this.withEngine((engine) => engine.documents.open(document)));
    connection.onNotification(methods.changeDocument, (change: ChangeDocument) => this.withEngine((engine) => {
      idle.postpone();
      engine.documents.change(change);
    }));
    connection.onNotification(methods.closeDocument, (document: CloseDocument) => this.withEngine((engine) => {
      idle.postpone();
      engine.documents.close(document);
    }));
    connection.onNotification(methods.workspaceChanged, (change: WorkspaceChange) => this.withEngine((engine) => {
      engine.workspace?.folders.changed(change);
      idle.wake();
    }));
    connection.onNotification(methods.workspaceAttention, (attention: WorkspaceAttention) => this.withEngine((engine) => engine.workspace?.folders.attend(attention)));
    connection.onNotification(methods.pauseReading, ({ paused }: PauseReading) => {
      this.pause.set(paused);
      // What is being prepared ends, or what was not is taken up.
      idle.postpone();
    });
    connection.onRequest(methods.workspaceReport, () => using(this.report()));
  }

  private async report(): Promise<WorkspaceReport> {
    return (await this.loaded()).workspace?.folders.report() ?? { folders: [] };
  }

  /** Lets go of all that the window had. @returns when nothing of it is left in the model */
  close(): Promise<void> {
    this.closing ??= this.leave();
    return this.closing;
  }

  progress(progress: LoadProgress): void {
    this.notify(methods.loadProgress, progress);
  }

  log(message: LogMessage): void {
    this.notify(methods.log, message);
  }

  /** To a window that is gone nothing is told. */
  private notify(method: string, message: object): void {
    if (this.closing === undefined) this.connection.sendNotification(method, message).catch(() => undefined);
  }

  private async leave(): Promise<void> {
    const engine = await this.engine?.catch(() => undefined);
    engine?.stopReading();
    await this.host.leave(this);
    await engine?.dispose();
  }

  private async open(request: InitializeRequest, model: Promise<LoadedModel>): Promise<Engine> {
    return Engine.open(await model, request, this.events, this.owner);
  }

  private async initialize(request: InitializeRequest): Promise<EngineInfo> {
    if (this.engine !== undefined) throw misuse('The engine was asked to initialize twice.');
    const loading = this.open(request, this.host.model(request));
    this.engine = loading;
    this.request = request;
    // One that failed may be followed by another.
    loading.catch(() => { this.engine = undefined; });
    return (await loading).info;
  }

  private async complete(request: CompletionRequest, token: CancellationToken) {
    return withSignal(token, (signal) => this.host.idle.around({ window: this, place: request }, () => this.onAnyDevice((engine) => engine.complete(request, signal))));
  }

  /** What answers in words. The workspace is read while nobody types; the answer itself gives way to completions step by step. */
  private async inWords(token: CancellationToken, ask: (engine: Engine, signal: AbortSignal, send: (part: AnswerPart) => void) => Promise<AnswerResult>): Promise<AnswerResult> {
    return withSignal(token, (signal) => this.onAnyDevice((engine) => ask(engine, signal, (part) => this.tell(part))));
  }

  private async search(request: SearchRequest, token: CancellationToken): Promise<SearchResult> {
    return withSignal(token, async (signal) => (await this.loaded()).search(request, signal));
  }

  /** Asks again of an engine on the CPU when the device is lost; what is opened and edited meanwhile reaches that one. */
  private async onAnyDevice<T>(ask: (engine: Engine) => Promise<T>): Promise<T> {
    const asked = this.loaded();
    const engine = await asked;
    try {
      return await ask(engine);
    } catch (error) {
      if (!isLostDevice(error, engine) || this.request === undefined) throw error;
      if (this.engine === asked) {
        this.log({ level: 'warning', text: describeProblem(problemOf(error)) });
        const { request } = this;
        this.engine = openInPlaceOf(engine, () => this.open(request, this.host.replace(engine.model, request)));
      }
      return ask(await this.loaded());
    }
  }

  private tell(part: AnswerPart): void {
    this.notify(methods.answerPart, part);
  }

  /** In a pause: first the open file, then the workspace, then both together in the context that the next request finds. */
  async prepare(place: PreparedPlace, signal: AbortSignal): Promise<void> {
    if (this.cannotPrepare || this.pause.isPaused) return;
    try {
      const engine = await this.loaded();
      const onReading = (reading: DocumentReading) => this.notify(methods.documentReading, reading);
      await engine.readAhead(place, signal, onReading);
      await this.prepareWorkspace(engine, place, signal);
      await engine.readAhead(place, signal, onReading);
    } catch (error) {
      signal.throwIfAborted();
      // It would fail again at every pause.
      this.cannotPrepare = true;
      this.log({ level: 'warning', text: describeProblem(problemOf(error)) });
    }
  }

  /** A workspace that cannot be read is told once; files are read ahead without it. */
  private async prepareWorkspace(engine: Engine, place: PreparedPlace, signal: AbortSignal): Promise<void> {
    try {
      await settledOrAborted(engine.prepare(place, recalledSegments, signal, { reading: () => undefined, encoding: () => undefined }, firstFiles), signal);
    } catch (error) {
      signal.throwIfAborted();
      const text = describeProblem(problemOf(error));
      if (!this.told.has(text)) this.log({ level: 'warning', text });
      this.told.add(text);
    }
  }

  /** Notifications are applied in the order they came: a document opened while the model loads is there when it is ready. */
  private withEngine(take: (engine: Engine) => void): void {
    this.host.use.touch();
    void this.engine?.then(take).catch((error: unknown) => {
      // Without an engine there is nothing to keep in step; that it failed is told where it was asked for.
      if (this.closing === undefined) this.log({ level: 'debug', text: `A message was not taken in: ${describeProblem(problemOf(error))}` });
    });
  }

  private loaded(): Promise<Engine> {
    return this.engine ?? Promise.reject(misuse('The engine was asked to complete before it was initialized.'));
  }
}

/** Runs a request with a signal that the other side's cancellation aborts. */
async function withSignal<T>(token: CancellationToken, run: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const subscription = token.onCancellationRequested(() => controller.abort());
  if (token.isCancellationRequested) controller.abort();
  try {
    return await run(controller.signal);
  } finally {
    subscription.dispose();
  }
}

/** @throws Error as soon as the signal is aborted; the work settles by itself */
function settledOrAborted(work: Promise<unknown>, signal: AbortSignal): Promise<unknown> {
  const aborted = new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(new Error('Aborted.')), { once: true }));
  return Promise.race([work, aborted]);
}

function misuse(what: string): ProblemError {
  return new ProblemError({ code: 'bad-request', what, meaning: 'The request was not carried out.', remedy: 'Restart the engine.' });
}

/** Errors reach the other side as JSON-RPC errors whose data is the problem. */
async function answer<T>(result: Promise<T>): Promise<T> {
  try {
    return await result;
  } catch (error) {
    const problem = problemOf(error);
    throw new ResponseError<Problem>(ErrorCodes.InternalError, problem.what, problem);
  }
}
