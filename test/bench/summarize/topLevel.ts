import { extname } from 'node:path';

const modifiers = String.raw`(?:(?:export|default|declare|abstract|async|public|protected|private|static|final|sealed|pub(?:\([^)]*\))?|unsafe|const|typedef|inline)\s+)*`;

/** By a file's ending: what begins a declaration in the first column, as a person would grep for it. */
const declarations: readonly (readonly [RegExp, readonly RegExp[]])[] = [
  [/^\.py$/, [/^(?:async\s+)?(?:def|class)\s+(\w+)/gm]],
  [/^\.[cm]?[jt]sx?$/, [new RegExp(String.raw`^${modifiers}(?:function\s*\*?|class|interface|enum|type|namespace)\s+([\w$]+)`, 'gm'), /^export\s+(?:const|let|var)\s+([\w$]+)/gm]],
  [/^\.go$/, [/^func\s+(?:\([^)]*\)\s*)?(\w+)/gm, /^type\s+(\w+)/gm]],
  [/^\.rs$/, [new RegExp(String.raw`^${modifiers}(?:fn|struct|enum|trait|type|mod|union|macro_rules!)\s+(\w+)`, 'gm')]],
  [/^\.java$/, [new RegExp(String.raw`^${modifiers}(?:class|interface|enum|record|@interface)\s+(\w+)`, 'gm')]],
  [/^\.(c|h|cc|cpp|hpp|hh)$/, [new RegExp(String.raw`^(?:template\s*<[^\n]*>\s*)?${modifiers}(?:class|struct|enum(?:\s+class)?|union)\s+(\w+)[^;()\n]*\{`, 'gm')]],
];

/**
 * Names that a file declares at its top level, by regular expressions and so independent of the parser that the engine
 * summarizes with; empty for other languages.
 */
export function topLevelNames(path: string, text: string): Set<string> {
  const patterns = declarations.find(([ending]) => ending.test(extname(path)))?.[1] ?? [];
  return new Set(patterns.flatMap((pattern) => [...text.matchAll(pattern)].map(([, name]) => name)));
}
