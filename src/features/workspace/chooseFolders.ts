import type { WorkspaceFolder } from '../../protocol';
import { DoNotRead } from '../complete/doNotRead';

/** A folder of the editor's workspace. */
export interface FolderCandidate {
  readonly name: string;
  /** `file` for one on this machine's disk. */
  readonly scheme: string;
  /** Absolute path. */
  readonly path: string;
  /** Globs that hold in it. */
  readonly doNotRead: readonly string[];
}

/** Why nothing of a folder is read but the documents that are completed in. */
export type LeftOutReason =
  | { readonly kind: 'not-trusted' }
  /** The engine reads files, and these are none. */
  | { readonly kind: 'no-files'; readonly scheme: string }
  /** The folder itself is one that must not be read. */
  | { readonly kind: 'do-not-read'; readonly glob: string };

export interface LeftOutFolder {
  readonly name: string;
  readonly reason: LeftOutReason;
}

export interface FolderChoice {
  readonly folders: readonly WorkspaceFolder[];
  readonly leftOut: readonly LeftOutFolder[];
}

/** Which folders the engine may read. */
export function chooseFolders(candidates: readonly FolderCandidate[], isTrusted: boolean): FolderChoice {
  const folders: WorkspaceFolder[] = [];
  const leftOut: LeftOutFolder[] = [];
  for (const candidate of candidates) {
    const reason = whyLeftOut(candidate, isTrusted);
    if (reason === undefined) folders.push({ folder: candidate.path, doNotRead: candidate.doNotRead });
    else leftOut.push({ name: candidate.name, reason });
  }
  return { folders, leftOut };
}

export function describeLeftOut({ name, reason }: LeftOutFolder): string {
  const unread = `Other files of the folder "${name}" are not read`;
  switch (reason.kind) {
    case 'not-trusted':
      return `${unread}: it is not trusted.`;
    case 'no-files':
      return `${unread}: it is no folder on a disk ("${reason.scheme}").`;
    case 'do-not-read':
      return `${unread}: it matches "${reason.glob}" of the setting "sparsek.doNotRead".`;
  }
}

function whyLeftOut({ scheme, path, doNotRead }: FolderCandidate, isTrusted: boolean): LeftOutReason | undefined {
  if (!isTrusted) return { kind: 'not-trusted' };
  if (scheme !== 'file') return { kind: 'no-files', scheme };
  const glob = new DoNotRead(doNotRead).forbiddenBy(path.replaceAll('\\', '/'));
  return glob === undefined ? undefined : { kind: 'do-not-read', glob };
}
