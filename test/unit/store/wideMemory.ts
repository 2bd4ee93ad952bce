import assert from 'node:assert/strict';
import type { MemoryShape } from '../../../kernels';
import type { StoredMemory } from '../../../src/engine/memory/storedMemory';
import { memoryFrom, memoryParts } from '../../../src/engine/store/memoryFormat';

/** Large enough that writing one takes many moments in which a process can be killed. */
export const wide: MemoryShape = { layers: 8, keyValueHeads: 2, headDim: 64 };
const entries = 256;
const bytes = 16 + wide.layers * wide.keyValueHeads * (entries * (2 * wide.headDim + 12) + 8 * wide.headDim);

export const keys: readonly string[] = Array.from({ length: 24 }, (_, i) => `segment${i}`);

/** The memory of a key: every process makes the same. */
export function madeFor(key: string): StoredMemory {
  const content = new Uint8Array(bytes).fill(keys.indexOf(key) + 1);
  new Int32Array(content.buffer).set([wide.layers, wide.keyValueHeads, wide.headDim, entries]);
  const memory = memoryFrom(content, wide);
  assert.ok(memory !== undefined);
  return memory;
}

export function assertMadeFor(key: string, memory: StoredMemory | undefined): void {
  assert.ok(memory !== undefined && Buffer.concat(memoryParts(memory)).equals(Buffer.concat(memoryParts(madeFor(key)))), key);
}
