/** Asks for an overview of a folder's files. It must lie in the workspace that the engine was started with. */
export interface SummarizeFolderRequest {
  /** Chosen by the asker; every `AnswerPart` of this request carries it. */
  readonly id: string;
  /** Absolute path. */
  readonly folder: string;
  /** The folder's path as it is shown and linked, with forward slashes; empty for the root of the workspace. */
  readonly path: string;
  /** Written before paths in links: `/` for the root of a workspace, empty for the folder that the reader is in. */
  readonly linkPrefix: string;
}
