import { folderOf, joinPath } from '../../paths';
import type { FileNames, ImportLanguage } from './importStatement';

const fromImport = /^[ \t]*from[ \t]+([.\w]+)[ \t]+import[ \t]+(\([^)]*\)|[^\n;#]+)/gm;
const plainImport = /^[ \t]*import[ \t]+([^\n;#]+)/gm;

/** Python: `import a.b`, `from a.b import c`, relative ones too. */
export const python: ImportLanguage = {
  statementsOf(text) {
    const named = Array.from(text.matchAll(fromImport), ([, specifier, names]) => ({ specifier, names: namesIn(names) }));
    const whole = Array.from(text.matchAll(plainImport), ([, modules]) => namesIn(modules)).flat();
    return [...named, ...whole.map((specifier) => ({ specifier, names: ['*'] }))];
  },

  resolve(from, { specifier, names }, files) {
    const [, dots, dotted] = /^(\.*)(.*)$/.exec(specifier) ?? ['', '', specifier];
    const module = dotted.replaceAll('.', '/');
    // A name may itself be a module of the package.
    const submodules = names.flatMap((name) => (/^\w+$/.test(name) ? [`${module === '' ? '' : `${module}/`}${name}`] : []));
    const find = dots === '' ? (path: string) => absolute(path, from, files) : (path: string) => relative(dots.length, path, from, files);
    return [...new Set([...submodules.flatMap((path) => find(path).slice(0, 1)), ...find(module).slice(0, 1)])];
  },
};

/** `a as b, c` or the same in parentheses over lines with comments. */
function namesIn(list: string): string[] {
  return list
    .replace(/#[^\n]*/g, '')
    .replace(/[()\\]/g, ' ')
    .split(',')
    .map((part) => part.trim().split(/\s+/)[0])
    .filter((name) => name !== '');
}

function relative(dots: number, module: string, from: string, files: FileNames): string[] {
  const folder = joinPath(folderOf(from), '../'.repeat(dots - 1));
  const base = folder === undefined ? undefined : joinPath(folder, module);
  return base === undefined ? [] : filesOf(base).filter((path) => files.has(path));
}

/** Absolute imports count from folders that only the running program knows: the nearest and then the shortest path wins. */
function absolute(module: string, from: string, files: FileNames): string[] {
  if (module === '') return [];
  const found = filesOf(module).flatMap((suffix) => files.endingWith(suffix));
  const distance = (path: string) => (from.startsWith(folderOf(path).slice(0, -module.length)) ? 0 : 1);
  return found.sort((a, b) => distance(a) - distance(b));
}

function filesOf(module: string): string[] {
  const inside = module === '' ? '' : `${module}/`;
  return [...(module === '' ? [] : [`${module}.py`, `${module}.pyi`]), `${inside}__init__.py`, `${inside}__init__.pyi`];
}
