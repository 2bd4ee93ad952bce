import type { LiveDocument } from '../../src/client';
import type { ChangeDocument, TextEdit } from '../../src/protocol';

const closers: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' };

/** A document under a typing person's hands, with an editor that closes brackets by itself. */
export class TypedDocument implements LiveDocument {
  version = 1;
  cursor = 0;
  /** Closers that the editor put behind the cursor and that typing goes over. */
  private pending = '';

  constructor(readonly uri: string, readonly path: string, readonly languageId: string, private content: string) {}

  text(): string {
    return this.content;
  }

  /** Puts the cursor behind the first place where `anchor` stands. */
  jumpBehind(anchor: string): void {
    const at = this.content.indexOf(anchor);
    if (at < 0) throw new Error(`${this.path} does not hold "${anchor}" any more: the session no longer fits it.`);
    this.cursor = at + anchor.length;
    this.pending = '';
  }

  /** Types one character. @returns the edit, or none where an automatic closer is typed over */
  type(character: string): ChangeDocument | undefined {
    if (this.pending.startsWith(character)) {
      this.pending = this.pending.slice(1);
      this.cursor++;
      return undefined;
    }
    const closer = closers[character] ?? '';
    const change = this.apply({ offset: this.cursor, deleteLength: 0, insert: character + closer });
    this.cursor++;
    this.pending = character === '\n' ? '' : closer + this.pending;
    return change;
  }

  private apply(edit: TextEdit): ChangeDocument {
    this.content = this.content.slice(0, edit.offset) + edit.insert + this.content.slice(edit.offset + edit.deleteLength);
    return { uri: this.uri, version: ++this.version, edits: [edit] };
  }
}
