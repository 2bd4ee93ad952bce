import { folderOf, joinPath } from '../../paths';
import type { ImportLanguage } from './importStatement';

const included = /^\s*#\s*include\s*["<]([^">\n]+)[">]/gm;

/** C and C++: a quoted include beside the file, or the file whose path ends like it; with a header comes its source. */
export const cFamily: ImportLanguage = {
  statementsOf(text) {
    return Array.from(text.matchAll(included), ([, specifier]) => ({ specifier, names: ['*'] }));
  },
  resolve(from, { specifier }, files) {
    const beside = joinPath(folderOf(from), specifier);
    const elsewhere = files.endingWith(specifier.replace(/^(\.{1,2}\/)+/, '')).at(0);
    const header = beside !== undefined && files.has(beside) ? beside : elsewhere;
    if (header === undefined) return [];
    const stem = header.replace(/\.[^./]+$/, '');
    const sources = ['.c', '.cc', '.cpp', '.cxx'].map((ending) => stem + ending);
    return [header, ...sources.filter((path) => path !== from && files.has(path))];
  },
};
