import type { ChangeDocument, CloseDocument, OpenDocument } from '../../protocol';
import { Document } from './document';
import { tooLong } from './readableText';
import type { TokenEncoder } from './tokenEncoder';

/** An open document as the editor knows it. */
export interface OpenedDocument {
  readonly uri: string;
  readonly path: string;
  readonly languageId: string;
  readonly version: number;
  /** Its text, or why it cannot be completed in. */
  readonly content: Document | Unreadable;
}

export interface Unreadable {
  readonly unreadable: string;
}

/** The engine's copies of the documents that are open in the editor, by URI. */
export class Documents {
  private readonly opened = new Map<string, OpenedDocument>();

  constructor(private readonly encoder: TokenEncoder) {}

  open({ uri, path, languageId, version, text }: OpenDocument): void {
    const unreadable = tooLong(text.length);
    const content = unreadable === undefined ? new Document(text, this.encoder) : { unreadable };
    this.opened.set(uri, { uri, path, languageId, version, content });
  }

  /** A copy that no longer agrees with the editor is of no use: it is unreadable until the document is opened anew. */
  change({ uri, version, edits }: ChangeDocument): void {
    const document = this.opened.get(uri);
    if (document === undefined) return;
    this.opened.set(uri, { ...document, version, content: applyEdits(document.content, edits) });
  }

  close({ uri }: CloseDocument): void {
    this.opened.delete(uri);
  }

  all(): Iterable<OpenedDocument> {
    return this.opened.values();
  }

  get(uri: string): OpenedDocument | undefined {
    return this.opened.get(uri);
  }
}

function applyEdits(content: Document | Unreadable, edits: ChangeDocument['edits']): Document | Unreadable {
  if ('unreadable' in content) return content;
  try {
    for (const edit of edits) content.edit(edit);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return { unreadable: `The engine's copy of the file no longer agrees with the editor: ${error.message} Reopen the file.` };
  }
  const unreadable = tooLong(content.length);
  return unreadable === undefined ? content : { unreadable };
}
