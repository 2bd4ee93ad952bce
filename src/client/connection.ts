import {
  ConnectionError,
  createMessageConnection,
  Emitter,
  ErrorCodes,
  ResponseError,
  StreamMessageReader,
  StreamMessageWriter,
  type CancellationToken,
  type Event,
  type MessageConnection,
} from 'vscode-jsonrpc/node';
import type { Readable, Writable } from 'node:stream';
import {
  methods,
  type AnswerPart,
  type AnswerResult,
  type AskRequest,
  type ChatRequest,
  type CompletionRequest,
  type CompletionResult,
  type DocumentReading,
  type EngineEnding,
  type EngineInfo,
  type InitializeRequest,
  type LoadProgress,
  type LogMessage,
  type MemoryView,
  type MemoryViewRequest,
  type SearchRequest,
  type SearchResult,
  type SummarizeFolderRequest,
  type SummarizeRequest,
  type WorkspaceProgress,
  type WorkspaceReport,
} from '../protocol';
import type { EngineNotification } from './notification';
import type { Log } from './log';
import { EngineEndedError } from './problem';

/** What cannot be written to is closed a moment before or after; one that is not is of no use either. */
const closeMilliseconds = 2_000;

/** The typed side of the wire. Messages arrive in the order of the calls. Once it is closed, every promise settles. */
export class EngineConnection {
  readonly onLoadProgress: Event<LoadProgress>;
  readonly onDocumentReading: Event<DocumentReading>;
  readonly onWorkspaceProgress: Event<WorkspaceProgress>;
  /** The engine closed its end, or this end was disposed. */
  readonly onClose: Event<void>;
  readonly onAnswerPart: Event<AnswerPart>;
  /** Why the engine ends, when it does so because it was asked to. */
  ending: EngineEnding | undefined;
  readonly #loadProgress = new Emitter<LoadProgress>();
  readonly #answerPart = new Emitter<AnswerPart>();
  readonly #documentReading = new Emitter<DocumentReading>();
  readonly #workspaceProgress = new Emitter<WorkspaceProgress>();
  readonly #close = new Emitter<void>();
  readonly #connection: MessageConnection;
  #isOver = false;

  constructor(output: Readable, input: Writable, log: Log) {
    this.onLoadProgress = this.#loadProgress.event;
    this.onAnswerPart = this.#answerPart.event;
    this.onDocumentReading = this.#documentReading.event;
    this.onWorkspaceProgress = this.#workspaceProgress.event;
    this.onClose = this.#close.event;
    this.#connection = createMessageConnection(new StreamMessageReader(output), new StreamMessageWriter(input));
    this.#connection.onNotification(methods.loadProgress, (progress: LoadProgress) => {
      this.#loadProgress.fire(progress);
    });
    this.#connection.onNotification(methods.workspaceProgress, (progress: WorkspaceProgress) => {
      this.#workspaceProgress.fire(progress);
    });
    this.#connection.onNotification(methods.documentReading, (reading: DocumentReading) => {
      this.#documentReading.fire(reading);
    });
    this.#connection.onNotification(methods.answerPart, (part: AnswerPart) => {
      this.#answerPart.fire(part);
    });
    this.#connection.onNotification(methods.ending, (ending: EngineEnding) => { this.ending = ending; });
    this.#connection.onNotification(methods.log, (message: LogMessage) => log[levels[message.level]](`Engine: ${message.text}`));
    this.#connection.onError(([error]) => log.debug(`Connection to the engine: ${error.message}`));
    // Closing alone leaves promises pending; disposing rejects them.
    this.#connection.onClose(() => this.dispose());
    this.#connection.listen();
    // A socket was paused behind the greeting.
    output.resume();
  }

  /** @throws ResponseError whose `data` is a Problem, EngineEndedError */
  initialize(request: InitializeRequest): Promise<EngineInfo> {
    return this.#request(methods.initialize, request);
  }

  /** @throws ResponseError, EngineEndedError */
  complete(request: CompletionRequest, token: CancellationToken): Promise<CompletionResult> {
    return this.#request(methods.complete, request, token);
  }

  /** @throws ResponseError, EngineEndedError */
  workspaceReport(): Promise<WorkspaceReport> {
    return this.#request(methods.workspaceReport, {});
  }

  /** @throws ResponseError, EngineEndedError */
  memoryView(request: MemoryViewRequest): Promise<MemoryView> {
    return this.#request(methods.memoryView, request);
  }

  /** @throws ResponseError, EngineEndedError */
  answer(method: 'ask' | 'summarize' | 'summarizeFolder' | 'chat', request: AskRequest | SummarizeRequest | SummarizeFolderRequest | ChatRequest, token: CancellationToken): Promise<AnswerResult> {
    return this.#request(methods[method], request, token);
  }

  /** @throws ResponseError, EngineEndedError */
  search(request: SearchRequest, token: CancellationToken): Promise<SearchResult> {
    return this.#request(methods.search, request, token);
  }

  /** @throws ResponseError, EngineEndedError */
  countTokens(text: string): Promise<number> {
    return this.#request(methods.countTokens, { text });
  }

  /** Never throws: a notification to an engine that has ended is lost together with the engine's copy. */
  notify({ method, message }: EngineNotification): void {
    if (this.#isOver) return;
    this.#connection.sendNotification(method, message).catch(() => undefined);
  }

  /** Ends the engine, for everybody. @throws EngineEndedError */
  shutDown(): Promise<null> {
    return this.#request(methods.shutdown, {});
  }

  /** Tells that this window goes for good. @returns when that is on its way */
  async leave(): Promise<void> {
    if (!this.#isOver) await this.#connection.sendNotification(methods.leave, {}).catch(() => undefined);
  }

  dispose(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#connection.dispose();
    this.#close.fire();
    this.#close.dispose();
    this.#loadProgress.dispose();
    this.#answerPart.dispose();
    this.#documentReading.dispose();
    this.#workspaceProgress.dispose();
  }

  async #request<Result>(method: string, request: object, token?: CancellationToken): Promise<Result> {
    if (this.#isOver) throw new EngineEndedError('The engine has ended.');
    try {
      const answer = token ? this.#connection.sendRequest(method, request, token) : this.#connection.sendRequest(method, request);
      return (await answer) as Result;
    } catch (error) {
      // A stream that is destroyed fails what is written before it tells that it is closed.
      if (couldNotBeWritten(error)) await this.#closed();
      if (this.#ended()) throw new EngineEndedError('The engine ended before it answered.', { cause: error });
      throw error;
    }
  }

  /** The engine may still have said why it ends: it is heard out, within bounds. */
  async #closed(): Promise<void> {
    if (this.#isOver) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(() => this.dispose(), closeMilliseconds);
      this.#close.event(() => {
        clearTimeout(timer);
        resolve();
      });
    });
  }

  /** Read anew after a wait, during which it may have changed. */
  #ended(): boolean {
    return this.#isOver;
  }
}

function couldNotBeWritten(error: unknown): boolean {
  return error instanceof ConnectionError || (error instanceof ResponseError && error.code === ErrorCodes.MessageWriteError);
}

const levels = { trace: 'trace', debug: 'debug', info: 'info', warning: 'warn', error: 'error' } as const satisfies Record<
  LogMessage['level'],
  keyof Log
>;
