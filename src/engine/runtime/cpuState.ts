import { Tensor } from 'onnxruntime-node';
import { allocateCache, decoderNames, rotaryTable, type KeyValueCache, type RotaryTable } from '../../../kernels';
import type { Geometry } from '../model';
import type { RuntimeState } from './runtime';

/** A slot behind the others, for the copy that a single token runs with. */
const spareSlots = 1;

/** Bytes of the keys and values of a state of `slots` slots, before it is allocated. */
export function cpuStateBytes({ layers, keyValueHeads, headDim }: Geometry, slots: number): number {
  return (slots + spareSlots) * 2 * layers * keyValueHeads * headDim * Float32Array.BYTES_PER_ELEMENT;
}

/** Longest reused array of logits, in numbers: 16 rows of 151,936 tokens and the one more that is computed, 10.3 MB. */
const reusedLogits = 17 * 151_936;

/** A cache in ordinary memory, with the tensors that let ONNX Runtime read and write it in place. */
export class CpuState implements RuntimeState {
  readonly cache: KeyValueCache;
  readonly table: RotaryTable;
  /** Inputs that stay the same from run to run: the cache and the rotary table. */
  readonly feeds: Readonly<Record<string, Tensor>>;
  /** The same tensors under the names of the outputs: attention then writes the new slots only. */
  readonly fetches: Readonly<Record<string, Tensor>>;
  private disposed = false;
  private logits = new Float32Array(0);

  readonly bytes: number;

  constructor(geometry: Geometry, readonly slots: number) {
    if (!Number.isInteger(slots) || slots < 1 || slots > geometry.maxPositions) {
      throw new RangeError(`A state holds 1 to ${geometry.maxPositions} slots, not ${slots}.`);
    }
    const { keyValueHeads, headDim, layers } = geometry;
    const allocated = slots + spareSlots;
    this.bytes = cpuStateBytes(geometry, slots);
    this.cache = allocateCache(geometry, allocated);
    // The system hands memory out when it is first written to: taken now, it does not grow with what is read.
    for (const array of [...this.cache.keys, ...this.cache.values]) array.fill(0);
    this.table = rotaryTable(allocated, headDim, geometry.ropeTheta);
    const feeds: Record<string, Tensor> = {
      [decoderNames.cosine]: new Tensor('float32', this.table.cosine, [allocated, headDim / 2]),
      [decoderNames.sine]: new Tensor('float32', this.table.sine, [allocated, headDim / 2]),
    };
    const fetches: Record<string, Tensor> = {};
    const shape = [1, keyValueHeads, allocated, headDim];
    for (let layer = 0; layer < layers; layer++) {
      const keys = new Tensor('float32', this.cache.keys[layer], shape);
      const values = new Tensor('float32', this.cache.values[layer], shape);
      feeds[decoderNames.keys(layer)] = keys;
      feeds[decoderNames.values(layer)] = values;
      fetches[decoderNames.newKeys(layer)] = keys;
      fetches[decoderNames.newValues(layer)] = values;
    }
    this.feeds = feeds;
    this.fetches = fetches;
  }

  get length(): number {
    return this.cache.length;
  }

  truncate(length: number): void {
    this.checkUsable();
    if (!Number.isInteger(length) || length < 0 || length > this.cache.length) {
      throw new RangeError(`Cannot truncate ${this.cache.length} slots to ${length}.`);
    }
    this.cache.length = length;
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
    this.cache.length = 0;
  }
}
