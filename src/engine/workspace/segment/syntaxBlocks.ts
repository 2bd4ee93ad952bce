import type { Node } from '@vscode/tree-sitter-wasm';
import type { Block } from './block';
import { indentationBlocks, isBlank } from './indentationBlocks';
import { isCallback, isDeclaration, isFunction } from './nodeKinds';
import { namedChildren, siblingsOf, tallest, type LineRange, type Sibling } from './siblings';

/** What the blocks under way lie in. */
interface Scope {
  readonly range: LineRange;
  /** Inside a function: of what is in here only functions count as declarations. */
  readonly local: boolean;
  /** Directly in the file: every statement here may declare. */
  readonly top: boolean;
  /** Whether the scope itself begins with a declaration, as its first block then does. */
  readonly declares: boolean;
}

/**
 * Blocks from a syntax tree: the top-level declarations; the members of one that is too large; the statements of a
 * function that is too large. Siblings that no blank line divides form one block until that is too large as well. Where
 * the tree offers no two parts (a long string, a comment), indentation does.
 *
 * The blocks refer to the tree: it must live as long as they are asked for their parts.
 */
export function syntaxBlocks(lines: readonly string[], root: Node): Block[] {
  const scope = { range: { start: 0, end: lines.length }, local: false, top: true, declares: true };
  return paragraphs(lines, siblingsOf(lines, namedChildren(root), scope.range), scope);
}

/** One block for each run of siblings without a blank line in it. */
function paragraphs(lines: readonly string[], siblings: readonly Sibling[], scope: Scope): Block[] {
  const runs: Sibling[][] = [];
  for (const sibling of siblings) {
    const run = runs.at(-1);
    if (run === undefined || isBlank(lines[sibling.line - 1] ?? '')) runs.push([sibling]);
    else run.push(sibling);
  }
  return runs.length === 1 ? singles(lines, siblings, scope) : blocks(lines, runs, scope);
}

/** One block for each sibling. */
function singles(lines: readonly string[], siblings: readonly Sibling[], scope: Scope): Block[] {
  return blocks(lines, siblings.map((sibling) => [sibling]), scope);
}

/** The first block begins where the scope does (with a class, say, before its first member), the last ends where it does. */
function blocks(lines: readonly string[], runs: readonly Sibling[][], scope: Scope): Block[] {
  return runs.map((run, index) => {
    const range = {
      start: index === 0 ? scope.range.start : run[0].line,
      end: runs[index + 1]?.[0].line ?? scope.range.end,
    };
    const declares = index === 0 ? scope.declares : scope.top || run[0].nodes.some((node) => isDeclaration(node, scope.local));
    const inner = { ...scope, range, declares };
    const parts = () => (run.length > 1 ? singles(lines, run, inner) : members(lines, run[0], inner));
    return { ...range, declares, parts };
  });
}

/** The parts of one declaration or statement, found under however many wrapping nodes (`export`, `class`, its body). */
function members(lines: readonly string[], sibling: Sibling, scope: Scope): Block[] {
  let { local } = scope;
  for (let node = tallest(sibling.nodes); node !== undefined; node = tallest(namedChildren(node))) {
    local ||= isFunction(node) && !isCallback(node);
    const inside = siblingsOf(lines, namedChildren(node), scope.range);
    if (inside.length > 1) return paragraphs(lines, inside, { ...scope, local, top: false });
  }
  return indentationBlocks(lines, scope.range.start, scope.range.end);
}
