import type { CancellationToken } from 'vscode-jsonrpc/node';
import type { AnswerPart, AnswerResult, AskRequest, ChatRequest, SearchRequest, SearchResult, SummarizeFolderRequest, SummarizeRequest } from '../protocol';

/** What can be asked in words. The client chooses the request's id. */
export type WordyRequest =
  | ({ readonly method: 'ask' } & Omit<AskRequest, 'id'>)
  | ({ readonly method: 'summarize' } & Omit<SummarizeRequest, 'id'>)
  | ({ readonly method: 'summarizeFolder' } & Omit<SummarizeFolderRequest, 'id'>)
  | ({ readonly method: 'chat' } & Omit<ChatRequest, 'id'>);

/** The part of the engine that answers in words. */
export interface AnsweringClient {
  /**
   * Starts the engine if need be and waits for it. Never throws: whatever goes wrong is an outcome. After a cancellation
   * the answer comes between two steps of the model, with what was written until then.
   *
   * @param onPart is told what the answer is made of while it comes about
   */
  answer(request: WordyRequest, onPart: (part: AnswerPart) => void, token: CancellationToken): Promise<AnswerResult>;
  /**
   * Looks the workspace through without asking the model. Starts the engine if need be and waits for it. Never throws:
   * whatever goes wrong is the result's reason.
   */
  search(request: SearchRequest, token: CancellationToken): Promise<SearchResult>;
  /** How many tokens a text has for the model; undefined when no engine can tell. Starts none. */
  countTokens(text: string): Promise<number | undefined>;
}
