import type { MemoryShape } from '../../../kernels';
import { storedBytes, type StoredMemory } from '../memory/storedMemory';

/**
 * A memory as bytes, little-endian as every processor that the runtime supports. Four numbers of 32 bits (layers, KV heads,
 * head dimension, entries per layer and head), then the parts of `StoredMemory`, each whole, in this order: scores, sources,
 * steps of the values, least keys, steps of the keys, levels of the keys, levels of the values. The first five are of 32
 * bits, the levels are bytes. What precedes and follows in the file is `checkedFile`'s.
 */
export function memoryParts(memory: StoredMemory): Uint8Array[] {
  const { layers, keyValueHeads, headDim, count, scores, sources, valueStep, keyLeast, keyStep, keys, values } = memory;
  const header = Int32Array.of(layers, keyValueHeads, headDim, count);
  return [header, scores, sources, valueStep, keyLeast, keyStep, keys, values].map(bytesOf);
}

/** What was written; undefined when the bytes are no memory of this geometry. */
export function memoryFrom(bytes: Uint8Array, geometry: MemoryShape): StoredMemory | undefined {
  if (bytes.length < headerBytes) return undefined;
  // A copy: the parts keep it alive, not what it was read with, and lie at its start, as wider numbers must.
  const { buffer } = new Uint8Array(bytes);
  const [layers, keyValueHeads, headDim, count] = new Int32Array(buffer, 0, 4);
  if (layers !== geometry.layers || keyValueHeads !== geometry.keyValueHeads || headDim !== geometry.headDim || count < 0) return undefined;
  const [entries, channels] = [layers * keyValueHeads * count, layers * keyValueHeads * headDim];
  if (bytes.length !== storedMemoryBytes(geometry, count)) return undefined;
  let end = headerBytes;
  const next = (length: number) => (end += length) - length;
  return {
    layers, keyValueHeads, headDim, count,
    scores: new Float32Array(buffer, next(4 * entries), entries),
    sources: new Int32Array(buffer, next(4 * entries), entries),
    valueStep: new Float32Array(buffer, next(4 * entries), entries),
    keyLeast: new Float32Array(buffer, next(4 * channels), channels),
    keyStep: new Float32Array(buffer, next(4 * channels), channels),
    keys: new Uint8Array(buffer, next(entries * headDim), entries * headDim),
    values: new Uint8Array(buffer, next(entries * headDim), entries * headDim),
  };
}

/** Bytes of a memory of `count` entries a head. */
export function storedMemoryBytes(geometry: MemoryShape, count: number): number {
  return headerBytes + storedBytes(geometry, count);
}

const headerBytes = 16;

function bytesOf({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}
