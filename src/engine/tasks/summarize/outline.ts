import type { Node } from '@vscode/tree-sitter-wasm';
import { definitionsByKeyword, namesDeclaredBy } from '../../workspace/segment/definitions';
import { parse, type Grammars } from '../../workspace/segment/grammars';
import { grammarFor } from '../../workspace/segment/language';
import { isFunction } from '../../workspace/segment/nodeKinds';
import { namedChildren } from '../../workspace/segment/siblings';
import { commentAbove, docstringIn } from './comments';

/** One top-level part of a file. */
export interface Part {
  readonly name: string;
  /** 1-based, inclusive. */
  readonly startLine: number;
  readonly endLine: number;
  /** The first sentence of its comment; empty without one. */
  readonly comment: string;
  /** Names declared in it for others, with their lines. */
  readonly members: readonly { readonly name: string; readonly line: number }[];
}

/** Nodes that stand around declarations without being one. */
const transparent = /^(export_statement|decorated_definition|ambient_declaration|linkage_specification|declaration_list|namespace_definition|internal_module|preproc_\w+|if_statement|block|statement_block|expression_statement|ERROR|lexical_declaration|variable_declaration|const_declaration|var_declaration|type_declaration|template_declaration|mod_item|namespace_declaration)$/;
const maxDepth = 8;

/** The top-level parts of a text in their order; the headings of a text in Markdown. */
export async function outlineOf(path: string, text: string, grammars: Grammars): Promise<Part[]> {
  const lines = text.split('\n');
  const language = grammarFor(path);
  const parser = language === undefined ? undefined : await grammars.parserFor(language);
  const tree = parser && parse(parser, text);
  try {
    if (tree !== undefined) return partsOf(tree.rootNode, lines, 0);
  } finally {
    tree?.delete();
  }
  return /\.(md|mdx|markdown)$/i.test(path) ? headings(lines) : toNext(definitionsByKeyword(lines).filter(({ line }) => !/^\s/.test(lines[line])), lines);
}

/** They name what others declare. */
const brings = /import|^use_declaration$|^package_|^extern_crate|^using_/;

function partsOf(node: Node, lines: readonly string[], depth: number): Part[] {
  return namedChildren(node).filter(({ type }) => !brings.test(type)).flatMap((child): Part[] => {
    const declared = (child.type === 'impl_item' ? implemented(child) : namesOf(child)).at(0);
    const isAround = transparent.test(child.type) && (declared === undefined || /namespace|module|mod_item/.test(child.type));
    if (isAround) return depth < maxDepth ? partsOf(child, lines, depth + 1) : [];
    return declared === undefined ? [] : [partOf(child, declared, lines)];
  });
}

function namesOf(node: Node): Node[] {
  return namesDeclaredBy(node).filter(({ text }) => /^[\p{L}_$#][\p{L}\p{N}_$]*$/u.test(text));
}

/** What a Rust implementation is for. */
function implemented(node: Node): Node[] {
  const type = node.childForFieldName('type');
  return type === null ? [] : [type.childForFieldName('type') ?? type];
}

function partOf(node: Node, name: Node, lines: readonly string[]): Part {
  const start = node.startPosition.row;
  const end = node.endPosition.column === 0 ? Math.max(start, node.endPosition.row - 1) : node.endPosition.row;
  return {
    name: name.text,
    startLine: name.startPosition.row + 1,
    endLine: end + 1,
    comment: commentAbove(lines, start) || docstringIn(lines, name.startPosition.row, end),
    members: isFunction(node) ? [] : membersOf(node, name, 0),
  };
}

function membersOf(node: Node, owner: Node, depth: number): { name: string; line: number }[] {
  return namedChildren(node).flatMap((child) => {
    const names = namesOf(child).filter(({ id }) => id !== owner.id).map(({ text, startPosition }) => ({ name: text, line: startPosition.row + 1 }));
    if (names.length > 0) return names;
    return depth < maxDepth && !isFunction(child) ? membersOf(child, owner, depth + 1) : [];
  });
}

function headings(lines: readonly string[]): Part[] {
  let inFence = false;
  const found = lines.flatMap((text, line) => {
    if (/^\s*```/.test(text)) inFence = !inFence;
    const name = inFence ? undefined : /^#{1,3}\s+(.+?)\s*#*$/.exec(text)?.[1];
    return name === undefined ? [] : [{ name, line }];
  });
  return toNext(found, lines);
}

/** Parts that reach to the beginning of the next. */
function toNext(found: readonly { readonly name: string; readonly line: number }[], lines: readonly string[]): Part[] {
  return found.map(({ name, line }, i) => ({
    name,
    startLine: line + 1,
    endLine: found.at(i + 1)?.line ?? lines.length,
    comment: commentAbove(lines, line),
    members: [],
  }));
}
