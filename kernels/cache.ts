import { allocateMemory, type Memory, type MemoryShape } from './memory';
import { rotateKeys, type RotaryTable } from './rotary';
import { topK } from './topK';

/**
 * A bounded key/value cache. Slot and position are one: slot s holds a key rotated to position s. Slots 0 to `length - 1`
 * are in use; in the memory every layer and KV head holds its own choice of tokens there.
 */
export interface KeyValueCache extends MemoryShape {
  readonly slots: number;
  length: number;
  /** One array a layer, `[keyValueHeads, slots, headDim]`: a layer's array is what attention reads and writes. */
  readonly keys: readonly Float32Array[];
  readonly values: readonly Float32Array[];
  /** `[layers, keyValueHeads, slots]` */
  readonly scores: Float32Array;
  /** `[layers, keyValueHeads, slots]` */
  readonly sources: Int32Array;
}

/** Half-open: slots `start` to `end - 1`. */
export interface SlotRange {
  readonly start: number;
  readonly end: number;
}

export function allocateCache(shape: MemoryShape, slots: number): KeyValueCache {
  const { layers, keyValueHeads, headDim } = shape;
  const layerArrays = () => Array.from({ length: layers }, () => new Float32Array(keyValueHeads * slots * headDim));
  return {
    layers, keyValueHeads, headDim, slots,
    length: 0,
    keys: layerArrays(),
    values: layerArrays(),
    scores: new Float32Array(layers * keyValueHeads * slots),
    sources: new Int32Array(layers * keyValueHeads * slots),
  };
}

/** @throws RangeError when the range does not lie in the slots in use. */
export function checkRange(cache: Pick<KeyValueCache, 'length'>, { start, end }: SlotRange): void {
  if (!(start >= 0 && start <= end && end <= cache.length)) {
    throw new RangeError(`Slots ${start} to ${end} do not lie in the ${cache.length} slots in use.`);
  }
}

/**
 * Copies the best `entries` of a range of slots out (all, when there are fewer), in source order, keys turned back to
 * position 0, so that what comes out does not depend on where it stood.
 *
 * @param into is written and returned if it holds just as many entries; otherwise a memory is allocated
 */
export function extractEntries(cache: KeyValueCache, table: RotaryTable, range: SlotRange, entries: number, into?: Memory): Memory {
  checkRange(cache, range);
  const { headDim, slots } = cache;
  const length = range.end - range.start;
  const count = Math.min(entries, length);
  const memory = into?.count === count ? into : allocateMemory(cache, count);
  forEachHead(cache, (layer, head, row) => {
    const first = row * slots + range.start;
    const kept = topK(cache.scores.subarray(first), cache.sources.subarray(first), length, memory.count);
    kept.forEach((candidate, i) => {
      const slot = range.start + candidate;
      const from = (head * slots + slot) * headDim;
      const to = row * memory.count + i;
      rotateKeys(table, -slot, cache.keys[layer], from, memory.keys, to * headDim);
      memory.values.set(cache.values[layer].subarray(from, from + headDim), to * headDim);
      memory.scores[to] = cache.scores[row * slots + slot];
      memory.sources[to] = cache.sources[row * slots + slot];
    });
  });
  return memory;
}

/**
 * Appends a memory's entries behind the slots in use, keys turned to the slots they take.
 *
 * @throws RangeError when the free slots do not suffice, or the memory is of another geometry. Nothing is changed then.
 */
export function insertEntries(cache: KeyValueCache, table: RotaryTable, memory: Memory): void {
  checkInsertion(cache, memory);
  const { headDim, slots, length } = cache;
  forEachHead(cache, (layer, head, row) => {
    for (let i = 0; i < memory.count; i++) {
      const slot = length + i;
      const from = (row * memory.count + i) * headDim;
      const to = (head * slots + slot) * headDim;
      rotateKeys(table, slot, memory.keys, from, cache.keys[layer], to);
      cache.values[layer].set(memory.values.subarray(from, from + headDim), to);
      cache.scores[row * slots + slot] = memory.scores[row * memory.count + i];
      cache.sources[row * slots + slot] = memory.sources[row * memory.count + i];
    }
  });
  cache.length += memory.count;
}

/** @throws RangeError when the free slots do not suffice, or the memory is of another geometry */
export function checkInsertion({ layers, keyValueHeads, headDim, slots, length }: MemoryShape & Pick<KeyValueCache, 'slots' | 'length'>, memory: Memory): void {
  if (memory.layers !== layers || memory.keyValueHeads !== keyValueHeads || memory.headDim !== headDim) {
    throw new RangeError('The memory was computed by a model of another geometry.');
  }
  if (length + memory.count > slots) throw new RangeError(`${memory.count} entries do not fit behind ${length} of ${slots} slots.`);
}

/** `row` counts layers and heads together, as the leading axes of scores, sources and memories do. */
export function forEachHead(shape: MemoryShape, visit: (layer: number, head: number, row: number) => void): void {
  for (let layer = 0; layer < shape.layers; layer++) {
    for (let head = 0; head < shape.keyValueHeads; head++) visit(layer, head, layer * shape.keyValueHeads + head);
  }
}
