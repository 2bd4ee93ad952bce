import type { EntrySource } from '../../../kernels';
import type { Memory } from './memory';
import { entriesOfStored, toStored, type StoredMemory } from './storedMemory';

/**
 * The memories of segments that were encoded, by content: the same text is never encoded twice while it is kept, wherever
 * it moves. There are at most `capacity`; the one that was used least recently goes.
 */
export class SegmentMemories {
  /** Least recently used first. */
  private readonly stored = new Map<string, StoredMemory>();

  constructor(readonly capacity: number) {}

  /** Bytes allocated by now; at most the plan's. */
  get bytes(): number {
    let sum = 0;
    for (const { keys, keyLeast, keyStep, values, valueStep, scores, sources } of this.stored.values()) {
      for (const part of [keys, keyLeast, keyStep, values, valueStep, scores, sources]) sum += part.byteLength;
    }
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
    this.keep(key, toStored(memory));
  }

  /** Keeps what is in its kept form already. */
  keep(key: string, memory: StoredMemory): void {
    if (this.capacity === 0) return;
    this.stored.delete(key);
    for (const oldest of this.stored.keys()) {
      if (this.stored.size < this.capacity) break;
      this.stored.delete(oldest);
    }
    this.stored.set(key, memory);
  }

  remove(key: string): void {
    this.stored.delete(key);
  }

  /** The memory of a segment, as used now; undefined when it is not kept. */
  get(key: string): EntrySource | undefined {
    const stored = this.stored.get(key);
    if (stored === undefined) return undefined;
    this.touch(key);
    return entriesOfStored(stored);
  }
}
