import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import type { PathMatcher } from './doNotRead';
import { excludedFolder } from './excludedFolders';
import { IgnoreRules, UnreadableIgnoreFile } from './ignoreRules';
import { systemReason } from './systemReason';
import type { Skip, SkipReason } from './skip';

/**
 * Whether the walk would come to a file, without walking: the reason why not, or nothing. For one file that changed.
 *
 * @param root absolute path of the workspace, free of links
 * @param path relative to it, with forward slashes
 */
export async function reasonNotToRead(root: string, path: string, doNotRead: PathMatcher): Promise<Omit<Skip, 'path'> | undefined> {
  try {
    let rules = await IgnoreRules.forWorkspace(root);
    const names = path.split('/');
    for (let depth = 1; depth < names.length; depth++) {
      const folder = `${names.slice(0, depth).join('/')}/`;
      const reason = await reasonAt(root, folder, rules, doNotRead);
      if (reason !== undefined) return { reason };
      if (await excludedFolder(join(root, folder), names[depth - 1])) return { reason: 'excluded-folder' };
      rules = await rules.inside(join(root, folder), folder);
    }
    const reason = await reasonAt(root, path, rules, doNotRead);
    return reason && { reason };
  } catch (error) {
    if (error instanceof UnreadableIgnoreFile) return { reason: 'unreadable-ignore-file', detail: error.message };
    return { reason: 'unreadable', detail: systemReason(error) };
  }
}

/** Whether a folder lies there, free of links. */
export async function isFolder(absolutePath: string): Promise<boolean> {
  return lstat(absolutePath).then((stats) => stats.isDirectory(), () => false);
}

async function reasonAt(root: string, path: string, rules: IgnoreRules, doNotRead: PathMatcher): Promise<SkipReason | undefined> {
  if (doNotRead(path)) return 'do-not-read';
  if (rules.ignores(path)) return 'ignored';
  const stats = await lstat(join(root, path));
  if (stats.isSymbolicLink()) return 'symbolic-link';
  return stats.isDirectory() === path.endsWith('/') && (stats.isFile() || stats.isDirectory()) ? undefined : 'not-a-file';
}
