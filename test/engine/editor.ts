import { randomUUID } from 'node:crypto';
import type { Engine } from '../../src/engine/engine';
import type { CompletionRequest, CompletionResult } from '../../src/protocol';

/** A person at a document: moves the cursor, types, asks for completions. */
export class Editor {
  private readonly uri = `test:${randomUUID()}`;
  private version = 1;

  constructor(private readonly engine: Engine, private content: string, public cursor: number) {
    engine.documents.open({ uri: this.uri, path: 'test.ts', languageId: 'typescript', version: 1, text: content });
  }

  get text(): string {
    return this.content;
  }

  /** Where the cursor is, as what is done in pauses is told. */
  get place() {
    return { uri: this.uri, offset: this.cursor };
  }

  /** Types at the cursor; `closed` is what the editor inserts behind it by itself. */
  type(text: string, closed = ''): void {
    this.replace(this.cursor, 0, text + closed);
    this.cursor += text.length;
  }

  /** Deletes before the cursor. */
  backspace(count = 1): void {
    this.cursor -= count;
    this.replace(this.cursor, count, '');
  }

  replace(offset: number, deleteLength: number, insert: string): void {
    this.content = this.content.slice(0, offset) + insert + this.content.slice(offset + deleteLength);
    this.engine.documents.change({ uri: this.uri, version: ++this.version, edits: [{ offset, deleteLength, insert }] });
  }

  complete(changes: Partial<CompletionRequest> = {}, signal = new AbortController().signal): Promise<CompletionResult> {
    return this.engine.complete({
      uri: this.uri, version: this.version, offset: this.cursor, maxTokens: 24, extent: 'block',
      sampling: { temperature: 0, topP: 1 }, speculation: true, ...changes,
    }, signal);
  }

  close(): void {
    this.engine.documents.close({ uri: this.uri });
  }
}
