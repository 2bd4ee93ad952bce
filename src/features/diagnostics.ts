import type { EngineClient, EngineState } from '../client';
import type { CompletionHistory, CompletionRecord } from './complete';
import type { Level, MemoryViewSwitch } from './memoryView';
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
  /** What the language status says of the file that is looked at, where that is not read. */
  readonly notRead: string | undefined;
  readonly memoryView: {
    readonly isShown: boolean;
    /** How many times the engine was asked what it remembers. */
    readonly requests: number;
    /** Shaded lines by level, by the document's URI. */
    readonly lines: Readonly<Record<string, Partial<Record<Level, number>>>>;
    /** Paths of the segments in the list, and the kinds of its other nodes. */
    readonly nodes: readonly string[];
  };
}

export function diagnosticsOf(
  activationMilliseconds: number,
  client: EngineClient,
  history: CompletionHistory,
  status: StatusItem,
  memoryView: MemoryViewSwitch,
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
    get notRead() {
      return status.notRead;
    },
    get memoryView() {
      const { shown, requests } = memoryView;
      const nodes = shown?.nodes.map((node) => (node.kind === 'segment' ? node.segment.path : node.kind)) ?? [];
      return { isShown: shown !== undefined, requests, lines: Object.fromEntries(shown?.lines ?? []), nodes };
    },
  };
}
