import type { ImportLanguage, ImportStatement } from './importStatement';

const declaredModule = /^\s*(?:pub(?:\([^)]*\))?\s+)?mod\s+(\w+)\s*;/gm;
const usedPath = /^\s*(?:pub(?:\([^)]*\))?\s+)?use\s+([^;]+);/gm;

/** Rust: `mod name;` and `use` paths, whose last parts are names in the file that the first parts lead to. */
export const rust: ImportLanguage = {
  statementsOf(text) {
    const modules = Array.from(text.matchAll(declaredModule), ([, name]) => ({ specifier: name, names: ['*'] }));
    return [...modules, ...Array.from(text.matchAll(usedPath), ([, path]) => useOf(path))];
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

/** `a::b::{C, D}` brings C and D of a::b; `a::b::C` may be C of a::b. */
function useOf(path: string): ImportStatement {
  const braces = /^([^{]*)::\{([^]*)\}$/.exec(path.trim());
  const plain = path.trim().split(/\s+as\s+/)[0];
  if (braces === null) return { specifier: plain, names: [plain.slice(plain.lastIndexOf(':') + 1)] };
  const names = braces[2].split(/[,{}]/).map((part) => part.trim().split(/\s+as\s+/)[0].split('::').at(-1) ?? '');
  return { specifier: braces[1], names: names.filter((name) => name !== '') };
}
