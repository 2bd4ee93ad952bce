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
import { EngineProcess } from './engineProcess';
import type { NodeChoice } from './findNode';
import type { Log } from './log';
import { EngineEndedError, problemOf } from './problem';
import { settleOnCancel } from './settleOnCancel';

/** What a completion is asked with, apart from the document. */
export type CompletionParameters = Omit<CompletionRequest, 'uri'>;

export interface SessionOptions {
  readonly node: NodeChoice;
  /** The engine's bundle. */
  readonly program: string;
  readonly initialize: InitializeRequest;
}

/** Reading and checking the model from a slow disk stays well below this. */
const startMilliseconds = 120_000;
/** The longest stretch in which a living engine may be deaf to a cancellation. */
const windUpMilliseconds = 60_000;

/**
 * One run of the engine: process, connection and the documents it holds. A restart is the disposal of a session and the
 * making of another, so nothing of the old one can leak into the new.
 */
export class EngineSession {
  /** Rejects with ProblemError when the engine refuses to start, with EngineEndedError when its process ended. */
  readonly ready: Promise<EngineInfo>;
  /** How the process ended, in words that follow "The engine". */
  readonly ended: Promise<string>;
  readonly documents: DocumentMirror;
  readonly onLoadProgress: Event<LoadProgress>;
  readonly onDocumentReading: Event<DocumentReading>;
  readonly onWorkspaceProgress: Event<WorkspaceProgress>;
  readonly #process: EngineProcess;
  readonly #connection: EngineConnection;

  constructor(options: SessionOptions, private readonly log: Log) {
    this.#process = new EngineProcess(options.node, options.program, log);
    this.#connection = new EngineConnection(this.#process.output, this.#process.input, log);
    this.onLoadProgress = this.#connection.onLoadProgress;
    this.onDocumentReading = this.#connection.onDocumentReading;
    this.onWorkspaceProgress = this.#connection.onWorkspaceProgress;
    this.documents = new DocumentMirror((notification) => this.#connection.notify(notification));
    this.ended = this.#process.ended.finally(() => this.#connection.dispose());
    // An engine that cannot be talked to is of no use, whatever closed its end.
    this.#connection.onClose(() => this.#process.dispose());
    this.ready = this.#initialize(options.initialize);
    // Whoever waits for it sees the failure; that nobody does is no failure of its own.
    this.ready.catch(() => undefined);
  }

  get pid(): number | undefined {
    return this.#process.pid;
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
        this.dispose();
      },
    });
  }

  workspaceChanged(message: WorkspaceChange): void {
    this.#connection.notify({ method: methods.workspaceChanged, message });
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

  dispose(): void {
    this.#connection.dispose();
    this.#process.dispose();
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
