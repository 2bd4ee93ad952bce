import { reasonNotToRead } from './checkPath';
import { doNotReadMatcher } from './doNotRead';
import { defaultLimits, readWorkspace, resolveWorkspace, type WorkspaceFile } from './readWorkspace';

/** A folder in one whose files may be read. */
export interface InnerFolder {
  /** Absolute path of the outer one, whose ignore rules hold. */
  readonly root: string;
  /** Relative to it and ending in a slash, or empty for the root itself. */
  readonly below: string;
  /** Globs that hold in the outer one. */
  readonly doNotRead: readonly string[];
}

/**
 * The files of a folder that may be read, one at a time; none when the folder itself may not.
 *
 * @throws ProblemError when the outer folder cannot be read
 */
export async function* readFolder({ root, below, doNotRead }: InnerFolder): AsyncGenerator<WorkspaceFile, void, undefined> {
  const matcher = doNotReadMatcher(doNotRead, root);
  if (below !== '' && await reasonNotToRead(await resolveWorkspace(root), below, matcher) !== undefined) return;
  for await (const file of readWorkspace(root, matcher, defaultLimits, below)) if ('text' in file) yield file;
}
