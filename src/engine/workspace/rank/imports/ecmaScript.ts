import { folderOf, joinPath } from '../../paths';
import type { FileNames, ImportLanguage, ImportStatement } from './importStatement';

const fromClause = /\b(?:import|export)\s+(?:type\s+)?([^'";()]*?)\s*\bfrom\s*['"]([^'"\n]+)['"]/g;
const bare = /\bimport\s*\(?\s*['"]([^'"\n]+)['"]|\brequire\s*\(\s*['"]([^'"\n]+)['"]\s*\)/g;
const endings = ['.ts', '.tsx', '.mts', '.cts', '.d.ts', '.js', '.jsx', '.mjs', '.cjs', '.vue', '.svelte', '.json'];

/** TypeScript and JavaScript: `import`, re-exports, `require`, `import()`. */
export const ecmaScript: ImportLanguage = {
  statementsOf(text) {
    const clauses = Array.from(text.matchAll(fromClause), ([, clause, specifier]) => ({ specifier, names: namesIn(clause) }));
    const known = new Set(clauses.map(({ specifier }) => specifier));
    const others = Array.from(text.matchAll(bare), ([, imported, required]) => imported || required);
    return [...clauses, ...others.filter((specifier) => !known.has(specifier)).map((specifier) => ({ specifier, names: ['*'] }))];
  },

  resolve(from, { specifier }: ImportStatement, files) {
    const bases = /^\.{1,2}(\/|$)/.test(specifier) ? [joinPath(folderOf(from), specifier) ?? ''] : files.expand(specifier, from);
    const found = bases.flatMap((base) => fileAt(base, files) ?? []);
    return found.slice(0, 1);
  },
};

/** `a, {b as c, type d}, * as e` brings default, b, d and all. A default import is known by its local name. */
function namesIn(clause: string): string[] {
  const braces = /\{([^}]*)\}/.exec(clause)?.[1] ?? '';
  const named = braces.split(',').map((part) => part.trim().replace(/^type\s+/, '').split(/\s+as\s+/)[0]);
  const outside = clause.replace(/\{[^}]*\}/, '').split(',').map((part) => part.trim());
  return [...named, ...outside.map((part) => (part.startsWith('*') ? '*' : part))].filter((name) => /^[\w$*]+$/.test(name));
}

function fileAt(base: string, files: FileNames): string | undefined {
  // `./a.js` names `a.ts` in TypeScript's own module resolution.
  const stem = base.replace(/\.([mc]?)jsx?$/, '');
  const candidates = [base, ...endings.map((ending) => base + ending), ...endings.map((ending) => stem + ending)];
  const inFolder = endings.map((ending) => `${base === '' ? '' : `${base}/`}index${ending}`);
  return [...candidates, ...inFolder].find((path) => files.has(path));
}
