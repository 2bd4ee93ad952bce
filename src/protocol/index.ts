/** Raised when a message changes shape; both sides refuse a stranger. */
export const protocolVersion = 1;

/**
 * JSON-RPC method names. Requests: `initialize` (InitializeRequest -> EngineInfo), `complete` (CompletionRequest ->
 * CompletionResult, cancellable), `ask` (AskRequest -> AnswerResult, cancellable), `summarize` (SummarizeRequest ->
 * AnswerResult, cancellable), `summarizeFolder` (SummarizeFolderRequest -> AnswerResult,
 * cancellable), `memory/view` (MemoryViewRequest -> MemoryView), `chat`
 * (ChatRequest -> AnswerResult, cancellable), `search` (SearchRequest -> SearchResult, cancellable), `countTokens`
 * (TokenCountRequest -> number), `shutdown`. Notifications to the engine: `document/*`,
 * `workspace/*`, `reading/pause` (PauseReading), `leave`. Notifications from it: `load`
 * (LoadProgress), `answer/part` (AnswerPart), `document/reading` (DocumentReading), `log` (LogMessage), `ending` (EngineEnding).
 * `leave` says that a window goes for good, so that the engine need not wait for it to come back.
 *
 * A request that fails is answered with a JSON-RPC error whose `data` is a {@link Problem}. `complete` never fails for the
 * document's sake: an old version is answered `cancelled`, an unknown document `unreadable`, a cancelled request
 * `cancelled`.
 */
export const methods = {
  initialize: 'initialize',
  complete: 'complete',
  ask: 'ask',
  summarize: 'summarize',
  summarizeFolder: 'summarizeFolder',
  chat: 'chat',
  search: 'search',
  countTokens: 'countTokens',
  answerPart: 'answer/part',
  memoryView: 'memory/view',
  shutdown: 'shutdown',
  openDocument: 'document/open',
  changeDocument: 'document/change',
  closeDocument: 'document/close',
  loadProgress: 'load',
  documentReading: 'document/reading',
  workspaceChanged: 'workspace/changed',
  workspaceAttention: 'workspace/attention',
  pauseReading: 'reading/pause',
  workspaceReport: 'workspace/report',
  workspaceProgress: 'workspace/progress',
  log: 'log',
  ending: 'ending',
  leave: 'leave',
} as const;

export * from './answer';
export * from './chat';
export * from './completion';
export * from './doNotRead';
export * from './documents';
export * from './engine';
export * from './errors';
export * from './folderSummary';
export * from './memoryView';
export * from './modelPack';
export * from './outcome';
export * from './recall';
export * from './search';
export * from './sharing';
export * from './silentAnswer';
export * from './silentResult';
export * from './workspace';
