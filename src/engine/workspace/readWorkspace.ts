import { realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { ProblemError } from '../../protocol';
import type { PathMatcher } from './doNotRead';
import { readText } from './readText';
import { systemReason } from './systemReason';
import type { Skip } from './skip';
import { walk } from './walk';

/** One file of the workspace, as it was when it was read. */
export interface WorkspaceFile {
  /** Relative to the workspace, with forward slashes. */
  readonly path: string;
  readonly text: string;
  /** Of `stampOf`, from before it was read. */
  readonly stamp?: string;
}

/** A file that was not read, since it looks as it did when it was. */
export interface UnchangedFile {
  readonly path: string;
  readonly unchanged: true;
}

/** What a file looks like before it is read, and whether it so looked when it was read last. */
export interface FileLook {
  readonly stamp?: string;
  readonly unchanged: boolean;
}

export interface WorkspaceLimits {
  /** Files beyond this, in the order of the walk, are skipped with the reason `workspace-limit`. */
  readonly maxFiles: number;
}

export const defaultLimits: WorkspaceLimits = { maxFiles: 50_000 };

/**
 * Reads a workspace one file at a time: each file, or what is left out and why.
 *
 * @param below see {@link readChanges}
 * @throws ProblemError when the workspace itself cannot be read
 */
export async function* readWorkspace(root: string, doNotRead: PathMatcher, limits = defaultLimits, below = ''): AsyncGenerator<WorkspaceFile | Skip, void, undefined> {
  for await (const file of readChanges(root, doNotRead, limits, () => Promise.resolve({ unchanged: false }), below)) {
    if (!('unchanged' in file)) yield file;
  }
}

/**
 * The same without opening what has not changed.
 *
 * @param look asked for each file before it is opened
 * @param below only what lies in this folder, which the rules must allow: relative to the root, ending in a slash
 */
export async function* readChanges(
  root: string,
  doNotRead: PathMatcher,
  limits: WorkspaceLimits,
  look: (path: string) => Promise<FileLook>,
  below = '',
): AsyncGenerator<WorkspaceFile | UnchangedFile | Skip, void, undefined> {
  let files = 0;
  const resolved = await resolveWorkspace(root);
  for await (const walked of walk(resolved, doNotRead, below)) {
    if ('reason' in walked) {
      yield walked;
    } else if (files >= limits.maxFiles) {
      yield { path: walked.path, reason: 'workspace-limit' };
    } else {
      const { path } = walked;
      const { stamp, unchanged } = await look(path);
      const result = unchanged ? { unchanged } : await readText(join(resolved, path), path);
      if (!('reason' in result)) files++;
      yield 'text' in result && stamp !== undefined ? { path, stamp, ...result } : { path, ...result };
    }
  }
}

/** How many files the rules allow, up to the limit; nothing is opened. Ends early when the signal says so. */
export async function countFiles(root: string, doNotRead: PathMatcher, { maxFiles }: WorkspaceLimits, signal?: AbortSignal): Promise<number> {
  let files = 0;
  for await (const walked of walk(root, doNotRead)) {
    if (!('reason' in walked)) files++;
    if (files >= maxFiles || signal?.aborted === true) break;
  }
  return files;
}

/** The folder itself, not a link to it, as ignore rules and relative paths need it. */
export async function resolveWorkspace(root: string): Promise<string> {
  try {
    return await realpath(root);
  } catch (error) {
    throw new ProblemError(
      {
        code: 'file-not-readable',
        what: `The folder ${root} cannot be opened (${systemReason(error)}).`,
        meaning: 'Nothing of the workspace can be read.',
        remedy: 'Check the path and its permissions.',
      },
      { cause: error },
    );
  }
}
