import type { LineMemory, MemoryView } from '../../protocol';

/** A document as an editor shows it. */
export interface ShownDocument {
  readonly uri: string;
  readonly version: number;
  /** Absolute, with forward slashes. */
  readonly path: string;
  /** Whether it is as the engine knows it: held there with its edits, or as it lies on the disk. */
  readonly isKnown: boolean;
}

/**
 * What is kept of a document: of its own text, and of its segments that the memory recalls. Undefined while the engine
 * knows another version of it: what was shown then stays until it is asked again.
 */
export function linesOf({ documents, segments }: MemoryView, { uri, version, path, isKnown }: ShownDocument): readonly LineMemory[] | undefined {
  const own = documents.find((document) => document.uri === uri);
  if (own !== undefined && own.version !== version) return undefined;
  const parts = [own?.lines ?? [], ...(isKnown ? segments.filter((segment) => pathOf(segment) === path).map(({ lines }) => lines) : [])];
  const merged = new Map<number, LineMemory>();
  for (const line of parts.flat()) merged.set(line.line, join(merged.get(line.line), line));
  return [...merged.values()].sort((a, b) => a.line - b.line);
}

function pathOf({ folder, path }: MemoryView['segments'][number]): string {
  return `${folder.replaceAll('\\', '/').replace(/\/$/, '')}/${path}`;
}

/** A line that ends one part and begins another. */
function join(one: LineMemory | undefined, other: LineMemory): LineMemory {
  if (one === undefined) return other;
  const tokens = one.tokens + other.tokens;
  const mean = (a: number, b: number) => (a * one.tokens + b * other.tokens) / Math.max(1, tokens);
  const layers = one.layers?.map((share, layer) => mean(share, other.layers?.at(layer) ?? 0));
  return { line: one.line, tokens, kept: mean(one.kept, other.kept), live: one.live || other.live, ...(layers === undefined ? {} : { layers }) };
}
