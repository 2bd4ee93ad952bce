import type { EngineClient, EngineState } from '../client';
import type { CompletionHistory, CompletionRecord } from './complete';
import type { StatusItem, StatusText } from './status';

/** What the extension tells about itself to whoever looks into it: tests, and a person in the developer tools. Read only. */
export interface Diagnostics {
  readonly activationMilliseconds: number;
  readonly engineState: EngineState;
  readonly engineProcessId: number | undefined;
  /** URIs of the documents of which the engine has a copy. */
  readonly heldDocuments: readonly string[];
  readonly lastCompletion: CompletionRecord | undefined;
  /** Requests that the model was asked since the window opened. */
  readonly requests: number;
  readonly status: StatusText;
}

export function diagnosticsOf(
  activationMilliseconds: number,
  client: EngineClient,
  history: CompletionHistory,
  status: StatusItem,
): Diagnostics {
  return {
    activationMilliseconds,
    get engineState() {
      return client.state;
    },
    get engineProcessId() {
      return client.processId;
    },
    get heldDocuments() {
      return client.heldDocuments;
    },
    get lastCompletion() {
      return history.last;
    },
    get requests() {
      return history.requests;
    },
    get status() {
      return status.shown;
    },
  };
}
