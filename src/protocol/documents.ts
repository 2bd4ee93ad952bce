/** The engine keeps a copy of each open document, so that a keystroke sends only the typed characters. */
export interface OpenDocument {
  readonly uri: string;
  /** Path shown to the model, relative to the workspace, with forward slashes. */
  readonly path: string;
  readonly languageId: string;
  readonly version: number;
  readonly text: string;
}

export interface ChangeDocument {
  readonly uri: string;
  readonly version: number;
  /** Applied in order; offsets are UTF-16 and refer to the text after the edits before. */
  readonly edits: readonly TextEdit[];
}

export interface TextEdit {
  readonly offset: number;
  readonly deleteLength: number;
  readonly insert: string;
}

export interface CloseDocument {
  readonly uri: string;
}
