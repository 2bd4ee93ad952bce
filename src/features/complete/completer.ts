import { CancellationTokenSource, type CancellationToken } from 'vscode-jsonrpc/node';
import { silentResult, type EngineClient, type LiveDocument, type Log } from '../../client';
import type { CompletionRequest, CompletionResult, TextEdit } from '../../protocol';
import { describeRecord } from './explain';
import { whySilent, type GateSettings, type Place } from './gate';
import type { CompletionHistory } from './history';
import { pause } from './pause';
import { ShownSuggestion, type Suggestion } from './shownSuggestion';

/** One question of the editor: what could stand at the cursor? */
export interface Query {
  readonly document: LiveDocument;
  readonly place: Place;
  readonly settings: GateSettings;
  /** UTF-16 offset of the cursor. */
  readonly offset: number;
  /** Its line, counted from 1. */
  readonly line: number;
  /** What a suggestion must begin with, often nothing; undefined when none can agree with the suggest widget. */
  readonly mustStartWith: string | undefined;
  readonly request: Pick<CompletionRequest, 'maxTokens' | 'extent' | 'speculation'>;
  /** How long to wait for another keystroke. */
  readonly debounceMilliseconds: number;
  /** The document's line ending. */
  readonly lineEnding: string;
}

/**
 * Answers the editor's questions: silence where nothing may be asked, the rest of what is shown where that still agrees, and
 * the model's answer else. One request runs at a time; the next question and every edit of its document cancel it.
 */
export class Completer {
  readonly #shown = new ShownSuggestion();
  #running: { readonly uri: string; readonly source: CancellationTokenSource } | undefined;

  constructor(
    private readonly client: EngineClient,
    private readonly history: CompletionHistory,
    private readonly log: Log,
  ) {}

  async complete(query: Query, token: CancellationToken): Promise<Suggestion | undefined> {
    const start = performance.now();
    const { document, mustStartWith, offset } = query;
    this.#cancelRunning();
    const silence = whySilent(query.place, query.settings);
    if (silence) {
      if (silence.takeBack) this.client.closeDocument(document.uri);
      this.#record(query, silentResult(silence.outcome), start);
      return undefined;
    }
    if (mustStartWith === undefined) {
      this.#record(query, silentResult({ kind: 'filtered', rule: 'suggest-widget' }), start);
      return undefined;
    }
    const rest = this.#shown.restAt(document.uri, offset);
    if (rest && agrees(rest, mustStartWith)) return rest;
    const result = await this.#ask(query, mustStartWith, token);
    this.#record(query, result, start);
    if (result.outcome.kind !== 'completed' || !result.text.startsWith(mustStartWith)) return undefined;
    const text = result.text.replace(/\r?\n/g, query.lineEnding);
    this.#shown.show(document.uri, offset, text);
    return { text, replaces: 0 };
  }

  /** The document was edited: a request under way in it has lost its ground, a shown suggestion may go on. */
  documentEdited(uri: string, edits: readonly TextEdit[]): void {
    if (this.#running?.uri === uri) this.#cancelRunning();
    this.#shown.edit(uri, edits);
  }

  documentClosed(uri: string): void {
    if (this.#running?.uri === uri) this.#cancelRunning();
    this.#shown.forgetIn(uri);
  }

  /** Settings changed, or the engine: what is shown came of the old ones. */
  forget(): void {
    this.#cancelRunning();
    this.#shown.forget();
  }

  dispose(): void {
    this.forget();
  }

  async #ask(query: Query, mustStartWith: string, token: CancellationToken): Promise<CompletionResult> {
    const running = { uri: query.document.uri, source: new CancellationTokenSource() };
    this.#running = running;
    const version = query.document.version;
    const registration = token.onCancellationRequested(() => running.source.cancel());
    try {
      if (!(await pause(query.debounceMilliseconds, running.source.token))) return silentResult({ kind: 'cancelled' });
      const parameters = { version, offset: query.offset, mustStartWith, ...manner, ...query.request };
      return await this.history.asking(this.client.complete(query.document, parameters, running.source.token));
    } finally {
      registration.dispose();
      running.source.dispose();
      if (this.#running === running) this.#running = undefined;
    }
  }

  #cancelRunning(): void {
    this.#running?.source.cancel();
    this.#running = undefined;
  }

  #record(query: Query, result: CompletionResult, start: number): void {
    const record = { path: query.document.path, line: query.line, result, milliseconds: performance.now() - start };
    this.log[result.outcome.kind === 'completed' ? 'info' : 'debug'](describeRecord(record));
    this.history.record(record);
  }
}

/** The likeliest text, without waiting until all of a long file is read. */
const manner = { sampling: { temperature: 0, topP: 1 }, readFirst: 'livePart' } as const;

function agrees(rest: Suggestion, mustStartWith: string): boolean {
  return rest.text.startsWith(mustStartWith) && (mustStartWith === '' || rest.replaces === 0);
}
