import { randomUUID } from 'node:crypto';
import type { CancellationToken, Event } from 'vscode-jsonrpc/node';
import {
  describeProblem,
  methods,
  ProblemError,
  silentAnswer,
  silentResult,
  type AnswerPart,
  type AnswerResult,
  type CompletionRequest,
  type CompletionResult,
  type DocumentReading,
  type EngineEnding,
  type EngineInfo,
  type InitializeRequest,
  type LoadProgress,
  type MemoryView,
  type MemoryViewRequest,
  type SearchRequest,
  type SearchResult,
  type WorkspaceAttention,
  type WorkspaceChange,
  type WorkspaceProgress,
  type WorkspaceReport,
} from '../protocol';
import type { WordyRequest } from './answering';
import { EngineConnection } from './connection';
import { DocumentMirror, type LiveDocument } from './documentMirror';
import type { EngineRun } from './engineRun';
import type { Log } from './log';
import { EngineEndedError, problemOf } from './problem';
import { settleOnCancel } from './settleOnCancel';

/** What a completion is asked with, apart from the document. */
export type CompletionParameters = Omit<CompletionRequest, 'uri'>;

/** How a session ended. */
export interface SessionEnd {
  /** In words that follow "The engine". */
  readonly how: string;
  /** Why it was ended, where that was no crash. */
  readonly because?: EngineEnding['because'];
}

/** Reading and checking the model from a slow disk stays well below this. */
const startMilliseconds = 120_000;
/** An engine that is asked to end does so within that, or is ended. */
const shutDownMilliseconds = 4_000;
/** The longest stretch in which a living engine may be deaf to a cancellation. */
const windUpMilliseconds = 60_000;

/**
 * What one window has of one run of the engine: a connection and the documents it holds. A restart is the disposal of a
 * session and the making of another, so nothing of the old one can leak into the new.
 */
export class EngineSession {
  /** Rejects with ProblemError when the engine refuses to start, with EngineEndedError when its process ended. */
  readonly ready: Promise<EngineInfo>;
  readonly ended: Promise<SessionEnd>;
  readonly documents: DocumentMirror;
  readonly onLoadProgress: Event<LoadProgress>;
  readonly onDocumentReading: Event<DocumentReading>;
  readonly onWorkspaceProgress: Event<WorkspaceProgress>;
  readonly #connection: EngineConnection;

  constructor(private readonly run: EngineRun, initialize: InitializeRequest, private readonly log: Log) {
    this.#connection = new EngineConnection(run.output, run.input, log);
    this.onLoadProgress = this.#connection.onLoadProgress;
    this.onDocumentReading = this.#connection.onDocumentReading;
    this.onWorkspaceProgress = this.#connection.onWorkspaceProgress;
    this.documents = new DocumentMirror((notification) => this.#connection.notify(notification));
    this.ended = run.ended.then((how) => {
      this.#connection.dispose();
      const { ending } = this.#connection;
      return { how, ...(ending === undefined ? {} : ending) };
    });
    // An engine that cannot be talked to is of no use, whatever closed its end.
    this.#connection.onClose(() => run.dispose());
    this.ready = this.#initialize(initialize);
    // Whoever waits for it sees the failure; that nobody does is no failure of its own.
    this.ready.catch(() => undefined);
  }

  get pid(): number | undefined {
    return this.run.pid;
  }

  /** Never throws: whatever goes wrong is an outcome. */
  async complete(document: LiveDocument, parameters: CompletionParameters, token: CancellationToken): Promise<CompletionResult> {
    if (token.isCancellationRequested || document.version !== parameters.version) return silentResult({ kind: 'cancelled' });
    this.documents.bringUpToDate(document);
    const answer = this.#connection.complete({ uri: document.uri, ...parameters }, token).catch((error: unknown) => this.#failed(error));
    return settleOnCancel(answer, token, {
      cancelled: silentResult({ kind: 'cancelled' }),
      grace: windUpMilliseconds,
      onOverdue: () => {
        this.log.error(`The engine did not stop a cancelled request within ${windUpMilliseconds / 1000} s and is ended.`);
        this.run.kill();
      },
    });
  }

  workspaceChanged(message: WorkspaceChange): void {
    this.#connection.notify({ method: methods.workspaceChanged, message });
  }

  pauseReading(paused: boolean): void {
    this.#connection.notify({ method: methods.pauseReading, message: { paused } });
  }

  attend(message: WorkspaceAttention): void {
    this.#connection.notify({ method: methods.workspaceAttention, message });
  }

  /** @throws ResponseError, EngineEndedError */
  workspaceReport(): Promise<WorkspaceReport> {
    return this.#connection.workspaceReport();
  }

  /** @throws ResponseError, EngineEndedError */
  memoryView(request: MemoryViewRequest): Promise<MemoryView> {
    return this.#connection.memoryView(request);
  }

  /** Never throws: whatever goes wrong is an outcome. */
  async answer({ method, ...request }: WordyRequest, onPart: (part: AnswerPart) => void, token: CancellationToken): Promise<AnswerResult> {
    const id = randomUUID();
    const parts = this.#connection.onAnswerPart((part) => {
      if (part.id === id) onPart(part);
    });
    try {
      return await this.#connection.answer(method, { id, ...request }, token);
    } catch (error) {
      const { outcome } = await this.#failed(error);
      return silentAnswer(outcome.kind === 'not-ready' ? outcome : { kind: 'cancelled' });
    } finally {
      parts.dispose();
    }
  }

  /** Never throws: whatever goes wrong is the result's reason. */
  async search(request: SearchRequest, token: CancellationToken): Promise<SearchResult> {
    try {
      return await this.#connection.search(request, token);
    } catch (error) {
      const nothing = (reason: string) => ({ segments: [], files: 0, reason });
      if (token.isCancellationRequested) return nothing('The search was cancelled.');
      const { outcome } = await this.#failed(error);
      return nothing(outcome.kind === 'not-ready' ? outcome.reason : 'The engine gave no answer.');
    }
  }

  /** @throws ResponseError, EngineEndedError */
  countTokens(text: string): Promise<number> {
    return this.#connection.countTokens(text);
  }

  /** Ends the engine, also for other windows, which are told that it is no crash. @returns when it has ended */
  async shutDown(): Promise<void> {
    if (this.run.isShared) {
      let timer: NodeJS.Timeout | undefined;
      const tooLong = new Promise((resolve) => { timer = setTimeout(resolve, shutDownMilliseconds); });
      await Promise.race([this.#connection.shutDown().catch(() => undefined).then(() => this.ended), tooLong]);
      clearTimeout(timer);
    }
    this.run.kill();
    await this.ended;
  }

  /** Lets go of the engine for good: it ends at once, unless other windows use it. */
  async leave(): Promise<void> {
    if (this.run.isShared) await this.#connection.leave();
    this.dispose();
  }

  /** Lets go of the engine: it ends, unless other windows use it or this one is back soon. */
  dispose(): void {
    this.#connection.dispose();
    this.run.dispose();
  }

  async #initialize(request: InitializeRequest): Promise<EngineInfo> {
    let timer: NodeJS.Timeout | undefined;
    const tooLong = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new ProblemError(startProblem)), startMilliseconds);
    });
    try {
      return await Promise.race([this.#connection.initialize(request), tooLong]);
    } catch (error) {
      throw error instanceof EngineEndedError ? error : new ProblemError(problemOf(error), { cause: error });
    } finally {
      clearTimeout(timer);
    }
  }

  async #failed(error: unknown): Promise<CompletionResult> {
    if (error instanceof EngineEndedError) {
      // The pipes close a moment before the process is known to be gone. Whoever asks again then asks the next engine.
      await this.ended;
      return silentResult({ kind: 'not-ready', reason: 'The engine ended during the request.' });
    }
    const reason = describeProblem(problemOf(error));
    this.log.error(reason);
    return silentResult({ kind: 'not-ready', reason });
  }
}

const startProblem = {
  code: 'engine-crashed',
  what: `The engine was not ready within ${startMilliseconds / 1000} s.`,
  meaning: 'There are no completions.',
  remedy: 'Restart the engine when the machine is less busy; the log (command "SparseK: Show Log") says how far it came.',
} as const;
