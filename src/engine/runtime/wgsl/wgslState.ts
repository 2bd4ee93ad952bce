import { layerGroups, rotaryTable, type LayerGroup, type MemoryShape, type PerGroup } from '../../../../kernels';
import type { ModelManifest } from '../../model';
import type { RuntimeState } from '../runtime';
import { forgetSlots, lengthsOf, truncateSlots } from '../slotsInUse';
import { Buffers } from './buffers';
import type { Gpu } from './gpu';
import { mostSlots } from './scratch';

/** Bytes of the keys and values of a state, before it is allocated. @param slots of each group */
export function wgslStateBytes(groups: PerGroup<LayerGroup>, slots: PerGroup<number>): number {
  return groups.reduce((sum, { layers, keyValueHeads, headDim }, i) => sum + slots[i] * 2 * layers * keyValueHeads * headDim * Float32Array.BYTES_PER_ELEMENT, 0);
}

/** The cache of a group of layers on the device, laid out as {@link KeyValueCache}. */
export interface WgslCache extends MemoryShape {
  readonly slots: number;
  length: number;
  /** One buffer a layer, float32 `[keyValueHeads, slots, headDim]`. */
  readonly keys: readonly GPUBuffer[];
  readonly values: readonly GPUBuffer[];
  /** float32 and int32 `[layers, keyValueHeads, slots]` */
  readonly scores: GPUBuffer;
  readonly sources: GPUBuffer;
  /** (cosine, sine) `[slots or more, headDim/2]` */
  readonly rotary: GPUBuffer;
  /** Of the state, which disposes them. */
  readonly buffers: Buffers;
}

/** The caches of all groups of layers. */
export class WgslState implements RuntimeState {
  readonly groups: PerGroup<LayerGroup>;
  readonly caches: PerGroup<WgslCache>;
  readonly bytes: number;

  /** Others add what they need to move its entries; all go with the state. */
  readonly buffers: Buffers;
  private disposed = false;
  private logits = new Float32Array(0);

  /** @throws RangeError for numbers of slots that are not 1 to the model's positions, or not one for each group */
  constructor(gpu: Gpu, manifest: Pick<ModelManifest, 'geometry' | 'memory'>, readonly slots: PerGroup<number>) {
    const { maxPositions, headDim, ropeTheta } = manifest.geometry;
    this.groups = layerGroups(manifest);
    if (slots.length !== this.groups.length) throw new RangeError(`${this.groups.length} groups of layers need as many numbers of slots, not ${slots.length}.`);
    const most = Math.min(mostSlots, maxPositions);
    const unfit = slots.find((count) => !Number.isInteger(count) || count < 1 || count > most);
    if (unfit !== undefined) throw new RangeError(`A state holds 1 to ${most} slots, not ${unfit}.`);
    this.buffers = new Buffers(gpu);
    this.bytes = wgslStateBytes(this.groups, slots);
    const { cosine, sine } = rotaryTable(Math.max(...slots), headDim, ropeTheta);
    const rotary = this.buffers.filled('rotary', Float32Array.from({ length: 2 * cosine.length }, (_, i) => (i % 2 === 0 ? cosine : sine)[i >> 1]));
    this.caches = this.groups.map((group, i) => allocateCache(this.buffers, group, slots[i], rotary));
  }

  /** Bytes of all buffers, with scores, sources and the rotary table. */
  get deviceBytes(): number {
    return this.buffers.bytes;
  }

  /** @throws ProblemError `device-lost` when there was no memory for it */
  ready(): Promise<void> {
    return this.buffers.ready();
  }

  get lengths(): PerGroup<number> {
    return lengthsOf(this.caches);
  }

  forget(count: number): void {
    this.checkUsable();
    forgetSlots(this.caches, count);
  }

  truncate(length: number): void {
    this.checkUsable();
    truncateSlots(this.caches, length);
  }

  /** Room for logits of `count` numbers, the same array each time. */
  logitBuffer(count: number): Float32Array {
    if (count > this.logits.length) this.logits = new Float32Array(count);
    return this.logits.subarray(0, count);
  }

  checkUsable(): void {
    if (this.disposed) throw new Error('The state was disposed.');
  }

  dispose(): void {
    this.disposed = true;
    this.buffers.dispose();
    for (const cache of this.caches) cache.length = 0;
  }
}

function allocateCache(buffers: Buffers, { firstLayer, layers, keyValueHeads, headDim }: LayerGroup, slots: number, rotary: GPUBuffer): WgslCache {
  const layerBuffers = (label: string) => Array.from({ length: layers }, (_, layer) => (
    buffers.storage(`${label}.${firstLayer + layer}`, keyValueHeads * slots * headDim * 4)
  ));
  const entryBytes = layers * keyValueHeads * slots * 4;
  return {
    layers, keyValueHeads, headDim, slots, rotary, buffers,
    length: 0,
    keys: layerBuffers('keys'),
    values: layerBuffers('values'),
    scores: buffers.storage('scores', entryBytes),
    sources: buffers.storage('sources', entryBytes),
  };
}
