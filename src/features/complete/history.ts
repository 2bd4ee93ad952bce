import { Emitter, type Event } from 'vscode-jsonrpc/node';
import type { CompletionResult } from '../../protocol';

/** What became of one request. */
export interface CompletionRecord {
  /** Path of the document, as shown to the model, and the cursor's line, counted from 1. */
  readonly path: string;
  readonly line: number;
  readonly result: CompletionResult;
  /** Of this request, from the editor's question to the answer, debounce included. */
  readonly milliseconds: number;
}

/** Remembers the last answer, for whoever wonders about it. No text of the document or of the completion is kept. */
export class CompletionHistory {
  readonly onDidChange: Event<void>;
  readonly #change = new Emitter<void>();
  #last: CompletionRecord | undefined;
  #cancelledSince = 0;
  #asking = 0;
  #requests = 0;

  constructor() {
    this.onDidChange = this.#change.event;
  }

  /** The last request that came to an end of its own. */
  get last(): CompletionRecord | undefined {
    return this.#last;
  }

  /** How many requests were cancelled after {@link last}: by typing on, mostly. */
  get cancelledSince(): number {
    return this.#cancelledSince;
  }

  /** Whether the model is being asked right now. */
  get isAsking(): boolean {
    return this.#asking > 0;
  }

  /** How many times the model was asked. */
  get requests(): number {
    return this.#requests;
  }

  /** Counts a question to the model for as long as its answer takes. */
  async asking<Answer>(answer: Promise<Answer>): Promise<Answer> {
    this.#requests++;
    this.#asking++;
    this.#change.fire();
    try {
      return await answer;
    } finally {
      this.#asking--;
      this.#change.fire();
    }
  }

  record(record: CompletionRecord): void {
    if (record.result.outcome.kind === 'cancelled') {
      this.#cancelledSince++;
    } else {
      this.#last = { ...record, result: { ...record.result, text: '' } };
      this.#cancelledSince = 0;
    }
    this.#change.fire();
  }

  dispose(): void {
    this.#change.dispose();
  }
}
