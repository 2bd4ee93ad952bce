import { allocateMemory, type Memory, type MemoryShape } from '../../../kernels';
import { toStored, type StoredMemory } from '../../../src/engine/memory/storedMemory';
import { Random } from '../../fixtures/random';

export const shape: MemoryShape = { layers: 2, keyValueHeads: 2, headDim: 8 };

/** A memory of noise, the same for the same seed; channels of keys lie as far apart as a model's. */
export function madeMemory(seed: number, count = 16, geometry = shape): Memory {
  const random = new Random(seed);
  const memory = allocateMemory(geometry, count);
  for (const array of [memory.keys, memory.values, memory.scores]) array.set(random.normals(array.length));
  for (let i = 0; i < memory.keys.length; i++) memory.keys[i] += 40 * (i % geometry.headDim);
  for (let i = 0; i < memory.sources.length; i++) memory.sources[i] = 3 * (i % count);
  return memory;
}

export function madeStored(seed: number, count?: number, geometry?: MemoryShape): StoredMemory {
  return toStored(madeMemory(seed, count, geometry));
}
