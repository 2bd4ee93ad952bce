import { fromHalf, halfTable, toHalf } from './half';
import type { Memory } from './memory';
import { prefixKeys } from './prefixKeys';

/** A memory with keys and values in 16 bits; scores stay whole, since 16 bits would reorder them. */
interface StoredMemory extends Pick<Memory, 'layers' | 'keyValueHeads' | 'headDim' | 'count' | 'scores' | 'sources'> {
  readonly keys: Uint16Array;
  readonly values: Uint16Array;
}

/** Names a segment by its content. */
export function segmentKey(tokens: Int32Array): string {
  return tokens.length === 0 ? 'empty' : prefixKeys(tokens, tokens.length)[0];
}

/**
 * The memories of segments that were encoded, by content: the same text is never encoded twice while it is kept, wherever
 * it moves. There are at most `capacity`; the one that was used least recently goes.
 */
export class SegmentMemories {
  /** Least recently used first. */
  private readonly stored = new Map<string, StoredMemory>();
  private readonly table = halfTable();

  constructor(readonly capacity: number) {}

  /** Bytes allocated by now; at most the plan's. */
  get bytes(): number {
    let sum = 0;
    for (const { keys, values, scores, sources } of this.stored.values()) sum += keys.byteLength + values.byteLength + scores.byteLength + sources.byteLength;
    return sum;
  }

  get size(): number {
    return this.stored.size;
  }

  has(key: string): boolean {
    return this.stored.has(key);
  }

  /** Marks a segment as used now. @returns whether it is kept */
  touch(key: string): boolean {
    const stored = this.stored.get(key);
    if (stored === undefined) return false;
    this.stored.delete(key);
    this.stored.set(key, stored);
    return true;
  }

  /** Keeps a copy. */
  add(key: string, memory: Memory): void {
    if (this.capacity === 0) return;
    this.stored.delete(key);
    for (const oldest of this.stored.keys()) {
      if (this.stored.size < this.capacity) break;
      this.stored.delete(oldest);
    }
    const { keys, values, scores, sources, layers, keyValueHeads, headDim, count } = memory;
    const stored = {
      layers, keyValueHeads, headDim, count,
      keys: new Uint16Array(keys.length),
      values: new Uint16Array(values.length),
      scores: scores.slice(),
      sources: sources.slice(),
    };
    toHalf(keys, stored.keys);
    toHalf(values, stored.values);
    this.stored.set(key, stored);
  }

  /** The memory of a segment, as used now; undefined when it is not kept. */
  get(key: string): Memory | undefined {
    const stored = this.stored.get(key);
    if (stored === undefined) return undefined;
    this.touch(key);
    const keys = new Float32Array(stored.keys.length);
    const values = new Float32Array(stored.values.length);
    fromHalf(this.table, stored.keys, keys);
    fromHalf(this.table, stored.values, values);
    return { ...stored, keys, values, scores: stored.scores.slice(), sources: stored.sources.slice() };
  }
}
