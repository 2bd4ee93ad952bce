import type { Block } from './block';
import type { Cut } from './segment';

/** A run of lines that fits one segment, or one line that does not and is cut further by its rows. */
export interface Piece {
  /** 0-based, inclusive. */
  readonly start: number;
  /** 0-based, exclusive. */
  end: number;
  readonly cut: Cut;
}

/** Deeper than this, nesting is no longer a guide and lines are packed as they come. */
const maxDepth = 40;

/**
 * Packs blocks into pieces of at most `budget`: neighbours together as long as they fit, a block that fits a piece of its
 * own never divided, a larger one opened and its parts packed in turn. A larger one begins a new piece, unless the
 * current one is less than half full and beginning in it costs no further cut.
 *
 * @param cost cost of the lines from the first (inclusive) to the second (exclusive) argument
 */
export function pack(blocks: readonly Block[], budget: number, cost: (start: number, end: number) => number): Piece[] {
  const pieces: Piece[] = [];

  const add = (block: Block, depth: number): void => {
    const own = cost(block.start, block.end);
    const last = pieces.at(-1);
    const used = last === undefined ? Infinity : cost(last.start, last.end);
    if (last !== undefined && used + own <= budget) {
      last.end = block.end;
      return;
    }
    const parts = own <= budget ? [] : partsOf(block, depth);
    if (parts.length === 0 || used > budget / 2 || Math.ceil((used + own) / budget) > Math.ceil(own / budget)) {
      pieces.push({ start: block.start, end: parts.length === 0 ? block.end : block.start, cut: cutOf(block) });
    }
    for (const part of parts) add(part, depth + 1);
  };

  for (const block of blocks) add(block, 0);
  return pieces.filter((piece) => piece.end > piece.start);
}

function partsOf(block: Block, depth: number): Block[] {
  if (block.end - block.start < 2) return [];
  const parts = depth < maxDepth ? block.parts() : [];
  return parts.length > 0 ? parts : singleLines(block);
}

function singleLines({ start, end, declares }: Block): Block[] {
  return Array.from({ length: end - start }, (_, index) => {
    const line = start + index;
    return { start: line, end: line + 1, declares: declares && index === 0, parts: () => [] };
  });
}

function cutOf(block: Block): Cut {
  if (block.start === 0) return 'file';
  return block.declares ? 'declaration' : 'inside';
}
