import { folderOf, joinPath } from '../../paths';
import type { FileNames, ImportLanguage } from './importStatement';

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

/** Java and its kin: the qualified name is a path; the file's own folder is its package. */
export const java: ImportLanguage = {
  statementsOf(text) {
    const imports = Array.from(text.matchAll(/^\s*import\s+(?:static\s+)?([\w.]+)(\.\*)?\s*;/gm), ([, name, all]) => ({ name, all: (all as string | undefined) !== undefined }));
    return [ownFolder, ...imports.map(({ name, all }) => ({ specifier: name.replaceAll('.', '/'), names: [all ? '*' : name.slice(name.lastIndexOf('.') + 1)] }))];
  },
  resolve(from, { specifier, names }, files) {
    if (specifier === ownFolder.specifier) return files.inFolder(folderOf(from)).filter((path) => path.endsWith('.java') && path !== from);
    const file = files.endingWith(`${specifier}.java`).slice(0, 1);
    if (file.length > 0) return file;
    // A member of a class, or everything of a package.
    const outer = files.endingWith(`${folderOf(specifier)}.java`).slice(0, 1);
    if (outer.length > 0 || !names.includes('*')) return outer;
    return files.foldersEndingWith(specifier).slice(0, 1).flatMap((folder) => files.inFolder(folder));
  },
};

/** Rust: `mod name;` and `use` paths, whose last parts are names in the file that the first parts lead to. */
export const rust: ImportLanguage = {
  statementsOf(text) {
    const modules = Array.from(text.matchAll(/^\s*(?:pub(?:\([^)]*\))?\s+)?mod\s+(\w+)\s*;/gm), ([, name]) => ({ specifier: name, names: ['*'] }));
    const uses = Array.from(text.matchAll(/^\s*(?:pub(?:\([^)]*\))?\s+)?use\s+([^;]+);/gm), ([, path]) => useOf(path));
    return [...modules, ...uses];
  },
  resolve(from, { specifier }, files) {
    const parts = specifier.split('::').filter((part) => !['crate', 'self', 'super', ''].includes(part));
    for (let length = parts.length; length > 0; length--) {
      const module = parts.slice(0, length).join('/');
      const found = [`${module}.rs`, `${module}/mod.rs`].flatMap((suffix) => files.endingWith(suffix)).filter((path) => path !== from);
      if (found.length > 0) return found.slice(0, 1);
    }
    return [];
  },
};

/** C and C++: a quoted include beside the file, or the file whose path ends like it; with a header comes its source. */
export const cFamily: ImportLanguage = {
  statementsOf(text) {
    return Array.from(text.matchAll(/^\s*#\s*include\s*["<]([^">\n]+)[">]/gm), ([, specifier]) => ({ specifier, names: ['*'] }));
  },
  resolve(from, { specifier }, files) {
    const beside = joinPath(folderOf(from), specifier);
    const header = beside !== undefined && files.has(beside) ? beside : files.endingWith(specifier.replace(/^(\.{1,2}\/)+/, '')).at(0);
    if (header === undefined) return [];
    const stem = header.replace(/\.[^./]+$/, '');
    return [header, ...['.c', '.cc', '.cpp', '.cxx'].map((ending) => stem + ending).filter((path) => path !== from && files.has(path))];
  },
};

const ownFolder = { specifier: '.', names: ['*'] };

function folderLike(specifier: string, files: FileNames): string | undefined {
  const parts = specifier.split('/');
  for (let first = 0; first < parts.length; first++) {
    const [folder] = files.foldersEndingWith(parts.slice(first).join('/')) as [string?];
    if (folder !== undefined) return folder;
  }
  return undefined;
}

/** `a::b::{C, D}` brings C and D of a::b; `a::b::C` may be C of a::b. */
function useOf(path: string) {
  const braces = /^([^{]*)::\{([^]*)\}$/.exec(path.trim());
  const plain = path.trim().split(/\s+as\s+/)[0];
  if (braces === null) return { specifier: plain, names: [plain.slice(plain.lastIndexOf(':') + 1)] };
  return { specifier: braces[1], names: braces[2].split(/[,{}]/).map((name) => name.trim().split(/::|\s/).at(-1) ?? '').filter((name) => name !== '') };
}
