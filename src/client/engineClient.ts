import type { CancellationToken, Event } from 'vscode-jsonrpc/node';
import type { ChangeDocument, CompletionResult, DocumentReading, MemoryView, MemoryViewRequest, WorkspaceAttention, WorkspaceChange, WorkspaceProgress, WorkspaceReport } from '../protocol';
import type { LiveDocument } from './documentMirror';
import type { CompletionParameters } from './session';
import type { EngineState } from './state';

/** The engine as the features see it. */
export interface EngineClient {
  readonly state: EngineState;
  readonly onDidChangeState: Event<EngineState>;
  /** How far the running engine has read each folder that it was asked about. */
  readonly workspace: readonly WorkspaceProgress[];
  readonly onDidReadWorkspace: Event<void>;
  /** How far the engine has read a document in a pause, every so often. */
  readonly onDidReadDocument: Event<DocumentReading>;
  /** Of the running engine. */
  readonly processId: number | undefined;
  /** URIs of the documents that the engine has a copy of. */
  readonly heldDocuments: readonly string[];
  /** Starts the engine if it was stopped; otherwise does nothing. */
  start(): void;
  /** Ends the engine, also for other windows, and starts another, whatever came before. */
  restart(): void;
  /** Lets go of the engine with all that this window had of it, and starts or joins one with the options as they are now. */
  renew(): void;
  /** Lets go of the engine, which ends unless other windows use it. The next request starts it again. */
  stop(): void;
  /**
   * Completes at a position, in the document's present version. Starts the engine if need be and waits for it, within
   * bounds. Never throws: whatever goes wrong is an outcome.
   */
  complete(document: LiveDocument, parameters: CompletionParameters, token: CancellationToken): Promise<CompletionResult>;
  /** Tells the edits of a document; those of documents that the engine does not hold go nowhere. */
  changeDocument(change: ChangeDocument): void;
  closeDocument(uri: string): void;
  /** Takes every document back; the next completion in one sends it again, if it still may be read. */
  closeAllDocuments(): void;
  /** Tells what happened on the disk. An engine that starts later finds it there. */
  workspaceChanged(change: WorkspaceChange): void;
  /** Tells what the person works on; an engine that starts later is told as well. */
  attend(attention: WorkspaceAttention): void;
  /** Whether what nobody waits for is read in pauses; an engine that starts later is told as well. */
  pauseReading(paused: boolean): void;
  /** What is read of the workspace and what is not; undefined when no engine can tell. */
  workspaceReport(): Promise<WorkspaceReport | undefined>;
  /** What the memory holds now; undefined when no engine can tell. Starts none. */
  memoryView(request: MemoryViewRequest): Promise<MemoryView | undefined>;
  dispose(): void;
}
