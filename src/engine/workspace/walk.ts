import type { Dirent } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { excludedFolder } from './excludedFolders';
import { IgnoreRules, UnreadableIgnoreFile } from './ignoreRules';
import type { PathMatcher } from './doNotRead';
import { systemReason } from './systemReason';
import type { Skip, SkipReason } from './skip';

/** A path of the walk: to be read, or not and why. */
export type Walked = { readonly path: string } | Skip;

const maxDepth = 64;

/**
 * All files below a folder that the rules allow, and whatever they exclude with the reason (an excluded folder once, not
 * its content). Files come in the order of their paths by UTF-16 code units, on every machine. Symbolic links are not
 * followed: what they lead to inside the workspace is met anyway, and nothing outside is read. Memory is bounded by the
 * names of the folders on the way to the present one.
 *
 * @param root absolute path of the workspace
 * @param below a folder relative to it that the rules allow, ending in a slash; empty for the whole
 */
export async function* walk(root: string, doNotRead: PathMatcher, below = ''): AsyncGenerator<Walked, void, undefined> {
  const depth = below.split('/').length - 1;
  yield* walkFolder({ root, doNotRead, path: below, depth }, () => IgnoreRules.forFolder(root, below));
}

interface Folder {
  readonly root: string;
  readonly doNotRead: PathMatcher;
  /** Empty, or relative to the root and ending in a slash. */
  readonly path: string;
  readonly depth: number;
}

/** @param loadRules the rules for what lies in the folder */
async function* walkFolder(folder: Folder, loadRules: () => Promise<IgnoreRules>): AsyncGenerator<Walked, void, undefined> {
  let entries: Dirent[];
  let rules: IgnoreRules;
  try {
    entries = await readdir(join(folder.root, folder.path), { withFileTypes: true });
    rules = await loadRules();
  } catch (error) {
    yield unreadable(folder.path || './', error);
    return;
  }
  for (const entry of inOrder(entries)) {
    const path = folder.path + entry.name + (entry.isDirectory() ? '/' : '');
    const absolute = join(folder.root, path);
    const reason = reasonToSkip(entry, path, folder, rules);
    if (reason !== undefined) yield { path, reason };
    else if (!entry.isDirectory()) yield { path };
    else if (await excludedFolder(absolute, entry.name)) yield { path, reason: 'excluded-folder' };
    else yield* walkFolder({ ...folder, path, depth: folder.depth + 1 }, () => rules.inside(absolute, path));
  }
}

function unreadable(path: string, error: unknown): Skip {
  if (error instanceof UnreadableIgnoreFile) return { path, reason: 'unreadable-ignore-file', detail: error.message };
  return { path, reason: 'unreadable', detail: systemReason(error) };
}

function reasonToSkip(entry: Dirent, path: string, folder: Folder, rules: IgnoreRules): SkipReason | undefined {
  if (entry.isSymbolicLink()) return 'symbolic-link';
  if (folder.doNotRead(path)) return 'do-not-read';
  if (rules.ignores(path)) return 'ignored';
  if (!entry.isFile() && !entry.isDirectory()) return 'not-a-file';
  return folder.depth >= maxDepth ? 'too-deep' : undefined;
}

/** The order their paths have: a folder is compared with the slash that follows its name. */
function inOrder(entries: Dirent[]): Dirent[] {
  const key = (entry: Dirent) => (entry.isDirectory() ? `${entry.name}/` : entry.name);
  return entries.sort((a, b) => (key(a) < key(b) ? -1 : 1));
}
