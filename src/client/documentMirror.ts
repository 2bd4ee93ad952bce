import { methods, type ChangeDocument, type CloseDocument, type OpenDocument } from '../protocol';

export type DocumentNotification =
  | { readonly method: typeof methods.openDocument; readonly message: OpenDocument }
  | { readonly method: typeof methods.changeDocument; readonly message: ChangeDocument }
  | { readonly method: typeof methods.closeDocument; readonly message: CloseDocument };

/** A document of the editor: its version and text are always the present ones. */
export interface LiveDocument {
  readonly uri: string;
  /** Path shown to the model, with forward slashes. */
  readonly path: string;
  readonly languageId: string;
  readonly version: number;
  text(): string;
}

/**
 * Which documents one run of the engine holds, and in which version. A document is sent whole when a completion is first
 * asked in it, and from then on as edits, versions always rising. All others stay unknown to the engine.
 */
export class DocumentMirror {
  readonly #versions = new Map<string, number>();

  constructor(private readonly send: (notification: DocumentNotification) => void) {}

  get uris(): readonly string[] {
    return [...this.#versions.keys()];
  }

  /** Brings the engine's copy to the document's present version. */
  bringUpToDate(document: LiveDocument): void {
    const { uri, path, languageId, version } = document;
    if (this.#versions.get(uri) === version) return;
    // Held in another version: an edit was missed. Starting over is always right.
    this.close(uri);
    this.#versions.set(uri, version);
    this.send({ method: methods.openDocument, message: { uri, path, languageId, version, text: document.text() } });
  }

  /** Forwards edits of a document that the engine holds. */
  change(change: ChangeDocument): void {
    const held = this.#versions.get(change.uri);
    if (held === undefined || change.version <= held) return;
    this.#versions.set(change.uri, change.version);
    this.send({ method: methods.changeDocument, message: change });
  }

  close(uri: string): void {
    if (this.#versions.delete(uri)) this.send({ method: methods.closeDocument, message: { uri } });
  }

  closeAll(): void {
    for (const uri of this.uris) this.close(uri);
  }
}
