import { folderOf } from '../../paths';
import { ownFolder, type FileNames, type ImportLanguage } from './importStatement';

/** Go: a quoted package path means the folder whose path ends most like it, and the file's own folder is its package. */
export const go: ImportLanguage = {
  statementsOf(text) {
    const blocks = Array.from(text.matchAll(/^import\s*(\([^)]*\)|[^\n]+)/gm), ([, block]) => block).join('\n');
    return [ownFolder, ...Array.from(blocks.matchAll(/"([^"\n]+)"/g), ([, specifier]) => ({ specifier, names: ['*'] }))];
  },
  resolve(from, { specifier }, files) {
    const folder = specifier === ownFolder.specifier ? folderOf(from) : folderLike(specifier, files);
    return folder === undefined ? [] : files.inFolder(folder).filter((path) => path.endsWith('.go') && path !== from);
  },
};

function folderLike(specifier: string, files: FileNames): string | undefined {
  const parts = specifier.split('/');
  for (let first = 0; first < parts.length; first++) {
    const [folder] = files.foldersEndingWith(parts.slice(first).join('/')) as [string?];
    if (folder !== undefined) return folder;
  }
  return undefined;
}
