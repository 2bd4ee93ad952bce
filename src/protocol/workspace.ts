/**
 * What may be read beside the open documents. It is stated when a window joins an engine and never changes: what a person
 * forbids later is gone for certain with all that was read for the window before it joined anew.
 */
export interface WorkspaceFolders {
  readonly folders: readonly WorkspaceFolder[];
  /** What completions recall beside the open file's own text; `workspace` when it is absent. Questions always look everywhere. */
  readonly sources?: MemorySources;
}

/**
 * `openFile`: nothing else, and no other file is read for it. `neighbours`: files that the open one imports, that are open or
 * were edited lately, and those of its own folder. `workspace`: whatever of its folder matters most.
 */
export const memorySources = ['openFile', 'neighbours', 'workspace'] as const;
export type MemorySources = (typeof memorySources)[number];

/** Whether what nobody waits for is read in pauses. */
export interface PauseReading {
  readonly paused: boolean;
}

export interface WorkspaceFolder {
  /** Absolute path. */
  readonly folder: string;
  /** Globs of what must not be read, beside what ignore files name. */
  readonly doNotRead: readonly string[];
}

/** Something was created, changed, deleted or renamed on the disk. */
export interface WorkspaceChange {
  /**
   * Absolute paths of files and folders; of a folder that came or went its own is enough. Absent when there are too many to
   * name: all folders are then compared with what was read of them.
   */
  readonly paths?: readonly string[];
}

/** What the person is working on; files that are favoured when segments are chosen. */
export interface WorkspaceAttention {
  /** Absolute paths of the files that are open. */
  readonly open: readonly string[];
  /** Absolute paths of files that were edited lately, the latest first. */
  readonly recent: readonly string[];
}

/** How far the reading of a folder has come; sent now and then while it goes on, and when it is done. */
export interface WorkspaceProgress {
  readonly folder: string;
  readonly files: number;
  readonly segments: number;
  /** Files and folders that are not read. */
  readonly skipped: number;
  readonly done: boolean;
  /** While it is not done: files that the rules allow, so that `files` is a part of it. */
  readonly filesInAll?: number;
}

/** The answer to `workspace/report`: what is read and what is not, of each folder. */
export interface WorkspaceReport {
  readonly folders: readonly FolderReport[];
}

export interface FolderReport extends WorkspaceProgress {
  /** Why nothing of it can be read. */
  readonly problem?: string;
  readonly notRead: readonly NotReadGroup[];
}

/** What is not read for one reason. */
export interface NotReadGroup {
  /** In words that follow "because". */
  readonly because: string;
  readonly count: number;
  /** The first few paths, relative to the folder; a folder's ends in a slash. */
  readonly examples: readonly string[];
}
