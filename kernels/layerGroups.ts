import type { ModelManifest } from '../src/engine/model';
import type { Memory, MemoryShape } from './memory';

/**
 * Neighbouring layers whose memories hold the same number of entries. Layers differ in what they read of the memory
 * (models/training/RESULTS.md), so a pack may give each its own share of K. Slots, positions, caches and memories are then
 * counted apart in each group, and the algebra works on a group as on a model of so many layers. A pack that names no
 * shares has one group: all layers.
 */
export interface LayerGroup extends MemoryShape {
  readonly firstLayer: number;
  /** What the memory of each of its layers holds, as a multiple of K. */
  readonly share: number;
}

/** One of each for every group of layers, in the order of the layers. */
export type PerGroup<T> = readonly T[];

export function layerGroups({ geometry, memory }: Pick<ModelManifest, 'geometry' | 'memory'>): PerGroup<LayerGroup> {
  const { layers, keyValueHeads, headDim } = geometry;
  const shares = memory?.layerShares ?? Array.from({ length: layers }, () => 1);
  const starts = shares.flatMap((share, layer) => (layer > 0 && share === shares[layer - 1] ? [] : [layer]));
  return starts.map((firstLayer, i) => ({
    firstLayer, layers: (starts.at(i + 1) ?? layers) - firstLayer, keyValueHeads, headDim, share: shares[firstLayer],
  }));
}

/** K of a group's layers, rounded as in training (`Plan.at` in models/training/sparsek_code/memory.py): halves go up. */
export function entriesOf({ share }: LayerGroup, entries: number): number {
  return Math.floor(entries * share + 0.5);
}

/** @throws RangeError when a memory's layers, heads or features are not those of the groups */
export function checkGeometry({ layers, keyValueHeads, headDim }: MemoryShape, groups: PerGroup<LayerGroup>): void {
  const all = groups.reduce((sum, group) => sum + group.layers, 0);
  if (all !== layers || groups.some((group) => group.keyValueHeads !== keyValueHeads || group.headDim !== headDim)) {
    throw new RangeError('The memory was computed by a model of another geometry.');
  }
}

/**
 * A memory of all layers as one of each group; arrays are shared, not copied.
 *
 * @throws RangeError when the groups are of another geometry
 */
export function splitLayers(memory: Memory, groups: PerGroup<LayerGroup>): PerGroup<Memory> {
  checkGeometry(memory, groups);
  const { keyValueHeads, headDim, count, keys, values, scores, sources } = memory;
  return groups.map((group) => {
    const [start, end] = [group.firstLayer, group.firstLayer + group.layers].map((layer) => layer * keyValueHeads * count);
    return {
      layers: group.layers, keyValueHeads, headDim, count,
      keys: keys.subarray(start * headDim, end * headDim),
      values: values.subarray(start * headDim, end * headDim),
      scores: scores.subarray(start, end),
      sources: sources.subarray(start, end),
    };
  });
}

/**
 * The memories of all groups as one of all layers; copied, where there are several.
 *
 * @throws RangeError when their numbers of entries differ
 */
export function joinLayers(parts: PerGroup<Memory>): Memory {
  if (parts.length === 1) return parts[0];
  const [{ keyValueHeads, headDim, count }] = parts;
  if (parts.some((part) => part.count !== count)) throw new RangeError('Only memories with as many entries in every layer can be joined.');
  return {
    layers: parts.reduce((sum, part) => sum + part.layers, 0), keyValueHeads, headDim, count,
    keys: joinFloats(parts.map(({ keys }) => keys)),
    values: joinFloats(parts.map(({ values }) => values)),
    scores: joinFloats(parts.map(({ scores }) => scores)),
    sources: Int32Array.from(parts.flatMap(({ sources }) => [...sources])),
  };
}

function joinFloats(parts: readonly Float32Array[]): Float32Array {
  const joined = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let next = 0;
  for (const part of parts) {
    joined.set(part, next);
    next += part.length;
  }
  return joined;
}
