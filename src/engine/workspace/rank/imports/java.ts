import { folderOf } from '../../paths';
import { ownFolder, type ImportLanguage } from './importStatement';

/** Java and its kin: the qualified name is a path; the file's own folder is its package. */
export const java: ImportLanguage = {
  statementsOf(text) {
    const imports = text.matchAll(/^\s*import\s+(?:static\s+)?([\w.]+?)(?:\.(\w+|\*))?\s*;/gm);
    return [ownFolder, ...Array.from(imports, ([, outer, name]) => ({ specifier: pathOf(outer, name), names: [name] }))];
  },
  resolve(from, { specifier, names }, files) {
    if (specifier === ownFolder.specifier) {
      return files.inFolder(folderOf(from)).filter((path) => path.endsWith('.java') && path !== from);
    }
    const file = files.endingWith(`${specifier}.java`).slice(0, 1);
    if (file.length > 0) return file;
    // A member of a class, or everything of a package.
    const outer = files.endingWith(`${folderOf(specifier)}.java`).slice(0, 1);
    if (outer.length > 0 || !names.includes('*')) return outer;
    return files.foldersEndingWith(specifier).slice(0, 1).flatMap((folder) => files.inFolder(folder));
  },
};

function pathOf(outer: string, name: string): string {
  return (name === '*' ? outer : `${outer}.${name}`).replaceAll('.', '/');
}
