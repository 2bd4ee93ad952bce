import type { Node } from '@vscode/tree-sitter-wasm';
import { isFunction } from './nodeKinds';
import { namedChildren } from './siblings';

/** A name that a file declares for others: top-level, or a member of a class, interface, namespace or the like. */
export interface Definition {
  readonly name: string;
  /** 0-based. */
  readonly line: number;
}

const containerNames =
  'program|module|source_file|translation_unit|compilation_unit|block|class|decorated_definition|impl_item|if_statement|try_statement|expression_statement|ERROR';
const containerEndings =
  '_body|_list|_declaration|_definition|_statement|_item|_clause|_specifier|_type|_spec|namespace|preproc_ifdef|preproc_if';
/** Nodes whose children may declare names for others. */
const containers = new RegExp(`^(${containerNames})$|(${containerEndings})$`);
const maxDepth = 12;
const name = /^[\p{L}_$#][\p{L}\p{N}_$]*$/u;

/** Declared names of a syntax tree, in order. Bodies of functions are not entered. */
export function definitionsOf(root: Node): Definition[] {
  const found: Definition[] = [];
  const visit = (node: Node, depth: number): void => {
    for (const child of namedChildren(node)) {
      for (const named of namesDeclaredBy(child)) found.push({ name: named.text, line: named.startPosition.row });
      if (depth < maxDepth && !isFunction(child) && containers.test(child.type)) visit(child, depth + 1);
    }
  };
  visit(root, 0);
  return found.filter((definition) => name.test(definition.name));
}

/** The `name` of a declaration, the innermost `declarator` of C and its kin, the target of a Python assignment. */
export function namesDeclaredBy(node: Node): Node[] {
  if (node.type === 'assignment') return leaves(node.childForFieldName('left'));
  let target = node.childForFieldName('name') ?? node.childForFieldName('declarator');
  while (target !== null) {
    const inner: Node | null = target.childForFieldName('declarator') ?? target.childForFieldName('name');
    if (inner === null) break;
    target = inner;
  }
  return leaves(target);
}

/** A name, or the names in a pattern such as `{a, b}`. */
function leaves(node: Node | null): Node[] {
  if (node === null) return [];
  return node.namedChildCount === 0 ? [node] : namedChildren(node).filter((child) => child.namedChildCount === 0);
}

const modifiers =
  'export|default|public|private|protected|internal|pub|static|async|abstract|final|sealed|open|override|data|local|inline';
const declaringKeywords =
  'def|class|func|fn|fun|function|interface|struct|enum|union|type|trait|module|sub|proc|let|const|var|val|object|record';
/** At the start of a line, and followed by what code has there: prose has another word. */
const declaredByKeyword = new RegExp(
  `^\\s*(?:(?:${modifiers})\\s+)*(?:${declaringKeywords})\\s+([\\p{L}_$][\\p{L}\\p{N}_$]*)(?=\\s*(?:[({\\[<=:;]|$)|\\s+(?:extends|implements|where)\\b)`,
  'u',
);

/** The names that follow a declaring keyword in a text without a grammar. */
export function definitionsByKeyword(lines: readonly string[]): Definition[] {
  return lines.flatMap((text, line) => {
    const name = declaredByKeyword.exec(text)?.[1];
    return name === undefined ? [] : [{ name, line }];
  });
}
