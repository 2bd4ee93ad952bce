import type { Node } from '@vscode/tree-sitter-wasm';
import { isBlank } from './indentationBlocks';

const attachesToNext = /comment|attribute|annotation|decorator/;

/** Neighbouring nodes that may not be parted: a declaration with the comments before it and what follows it on its lines. */
export interface Sibling {
  /** 0-based line of the first node. */
  readonly line: number;
  readonly nodes: readonly Node[];
}

/** 0-based lines, `end` exclusive. */
export interface LineRange {
  readonly start: number;
  readonly end: number;
}

/**
 * Groups nodes, in order, by the lines a file may be cut at: a group begins with a node that is the first on its line, and
 * a comment or attribute keeps the node on the next line with it. Nodes before the first such line belong to what
 * encloses them and are left out.
 */
export function siblingsOf(lines: readonly string[], nodes: readonly Node[], range: LineRange): Sibling[] {
  const siblings: { line: number; nodes: Node[] }[] = [];
  for (const node of nodes) {
    const last = siblings.at(-1);
    const { row, column } = node.startPosition;
    if (row >= range.end || row < range.start || !isBlank(lines[row].slice(0, column))) {
      last?.nodes.push(node);
    } else if (last === undefined || (row > last.line && !keeps(last.nodes.at(-1), row))) {
      siblings.push({ line: row, nodes: [node] });
    } else {
      last.nodes.push(node);
    }
  }
  return siblings;
}

function keeps(previous: Node | undefined, row: number): boolean {
  return previous !== undefined && attachesToNext.test(previous.type) && previous.endPosition.row + 1 >= row;
}

/** Children that the grammar names; punctuation has none. */
export function namedChildren(node: Node): Node[] {
  return node.namedChildren.filter((child): child is Node => child !== null);
}

/** The node with the most lines, if any spans more than one. */
export function tallest(nodes: readonly Node[]): Node | undefined {
  let best: Node | undefined;
  let bestHeight = 0;
  for (const node of nodes) {
    const height = node.endPosition.row - node.startPosition.row;
    if (height > bestHeight) [best, bestHeight] = [node, height];
  }
  return best;
}
