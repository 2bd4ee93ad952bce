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
}

export interface WorkspaceLimits {
  /** Files beyond this, in the order of the walk, are skipped with the reason `workspace-limit`. */
  readonly maxFiles: number;
}

export const defaultLimits: WorkspaceLimits = { maxFiles: 50_000 };

/**
 * Reads a workspace one file at a time: each file, or what is left out and why.
 *
 * @throws ProblemError when the workspace itself cannot be read
 */
export async function* readWorkspace(
  root: string,
  doNotRead: PathMatcher,
  limits = defaultLimits,
): AsyncGenerator<WorkspaceFile | Skip, void, undefined> {
  let files = 0;
  const resolved = await resolveWorkspace(root);
  for await (const walked of walk(resolved, doNotRead)) {
    if ('reason' in walked) {
      yield walked;
    } else if (files >= limits.maxFiles) {
      yield { path: walked.path, reason: 'workspace-limit' };
    } else {
      const result = await readText(join(resolved, walked.path), walked.path);
      if ('text' in result) files++;
      yield { path: walked.path, ...result };
    }
  }
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
