import { Tensor } from 'onnxruntime-node';
import { allocateCache, decoderNames, layerGroups, rotaryTable, type KeyValueCache, type LayerGroup, type PerGroup, type RotaryTable } from '../../../kernels';
import type { ModelManifest } from '../model';
import type { RuntimeState } from './runtime';
import { forgetSlots, lengthsOf, truncateSlots } from './slotsInUse';

/** A slot behind the others, for the copy that a single token runs with. */
const spareSlots = 1;

/** Bytes of the keys and values of a state, before it is allocated. @param slots of each group */
export function cpuStateBytes(groups: PerGroup<LayerGroup>, slots: PerGroup<number>): number {
  return groups.reduce((sum, { layers, keyValueHeads, headDim }, i) => (
    sum + (slots[i] + spareSlots) * 2 * layers * keyValueHeads * headDim * Float32Array.BYTES_PER_ELEMENT
  ), 0);
}

/** Longest reused array of logits, in numbers: 16 rows of 151,936 tokens and the one more that is computed, 10.3 MB. */
const reusedLogits = 17 * 151_936;

/** A cache in ordinary memory, with the tensors that let ONNX Runtime read and write it in place. */
export class CpuState implements RuntimeState {
  readonly groups: PerGroup<LayerGroup>;
  readonly caches: PerGroup<KeyValueCache>;
  /** For the slots of every group. */
  readonly table: RotaryTable;
  /** Inputs that stay the same from run to run: the cache and the rotary table. */
  readonly feeds: Readonly<Record<string, Tensor>>;
  /** The same tensors under the names of the outputs: attention then writes the new slots only. */
  readonly fetches: Readonly<Record<string, Tensor>>;
  private disposed = false;
  private logits = new Float32Array(0);

  readonly bytes: number;

  /** @throws RangeError for numbers of slots that are not 1 to the model's positions, or not one for each group */
  constructor(manifest: Pick<ModelManifest, 'geometry' | 'memory'>, readonly slots: PerGroup<number>) {
    const { headDim, maxPositions, ropeTheta } = manifest.geometry;
    this.groups = layerGroups(manifest);
    if (slots.length !== this.groups.length) throw new RangeError(`${this.groups.length} groups of layers need as many numbers of slots, not ${slots.length}.`);
    const unfit = slots.find((count) => !Number.isInteger(count) || count < 1 || count > maxPositions);
    if (unfit !== undefined) throw new RangeError(`A state holds 1 to ${maxPositions} slots, not ${unfit}.`);
    this.bytes = cpuStateBytes(this.groups, slots);
    this.caches = this.groups.map((group, i) => allocateCache(group, slots[i] + spareSlots));
    // The system hands memory out when it is first written to: taken now, it does not grow with what is read.
    for (const { keys, values } of this.caches) for (const array of [...keys, ...values]) array.fill(0);
    const positions = Math.max(...slots) + spareSlots;
    this.table = rotaryTable(positions, headDim, ropeTheta);
    const feeds: Record<string, Tensor> = {
      [decoderNames.cosine]: new Tensor('float32', this.table.cosine, [positions, headDim / 2]),
      [decoderNames.sine]: new Tensor('float32', this.table.sine, [positions, headDim / 2]),
    };
    const fetches: Record<string, Tensor> = {};
    this.caches.forEach((cache, i) => bindCache(cache, this.groups[i].firstLayer, feeds, fetches));
    this.feeds = feeds;
    this.fetches = fetches;
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

  /** Room for logits of `count` numbers, the same array each time where it is short: a token's row is 600 KB. */
  logitBuffer(count: number): Float32Array {
    if (count > reusedLogits) return new Float32Array(count);
    if (count > this.logits.length) this.logits = new Float32Array(count);
    return this.logits.subarray(0, count);
  }

  /** @throws Error after {@link dispose}: its arrays may serve someone else by then. */
  checkUsable(): void {
    if (this.disposed) throw new Error('The state was disposed.');
  }

  dispose(): void {
    this.disposed = true;
    this.logits = new Float32Array(0);
    for (const cache of this.caches) cache.length = 0;
  }
}

/** Adds the tensors of a group's cache under the names of the inputs and, the same tensors, of the outputs. */
function bindCache(cache: KeyValueCache, firstLayer: number, feeds: Record<string, Tensor>, fetches: Record<string, Tensor>): void {
  const shape = [1, cache.keyValueHeads, cache.slots, cache.headDim];
  for (let i = 0; i < cache.layers; i++) {
    const keys = new Tensor('float32', cache.keys[i], shape);
    const values = new Tensor('float32', cache.values[i], shape);
    const layer = firstLayer + i;
    feeds[decoderNames.keys(layer)] = keys;
    feeds[decoderNames.values(layer)] = values;
    fetches[decoderNames.newKeys(layer)] = keys;
    fetches[decoderNames.newValues(layer)] = values;
  }
}
