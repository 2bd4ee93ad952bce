import { rotaryTable } from '../../../../kernels';
import type { Geometry } from '../../model';
import type { RuntimeState } from '../runtime';
import { Buffers } from './buffers';
import type { Gpu } from './gpu';
import { mostSlots } from './scratch';

/** Bytes of the keys and values of a state of `slots` slots, before it is allocated. */
export function wgslStateBytes({ layers, keyValueHeads, headDim }: Geometry, slots: number): number {
  return slots * 2 * layers * keyValueHeads * headDim * Float32Array.BYTES_PER_ELEMENT;
}

/** A cache on the device, laid out as {@link KeyValueCache}. */
export class WgslState implements RuntimeState {
  /** One buffer a layer, float32 `[keyValueHeads, slots, headDim]`. */
  readonly keys: readonly GPUBuffer[];
  readonly values: readonly GPUBuffer[];
  /** float32 and int32 `[layers, keyValueHeads, slots]` */
  readonly scores: GPUBuffer;
  readonly sources: GPUBuffer;
  /** (cosine, sine) `[slots, headDim/2]` */
  readonly rotary: GPUBuffer;
  readonly bytes: number;
  length = 0;

  /** Others add what they need to move its entries; all go with the state. */
  readonly buffers: Buffers;
  private disposed = false;
  private logits = new Float32Array(0);

  constructor(gpu: Gpu, geometry: Geometry, readonly slots: number) {
    const most = Math.min(mostSlots, geometry.maxPositions);
    if (!Number.isInteger(slots) || slots < 1 || slots > most) throw new RangeError(`A state holds 1 to ${most} slots, not ${slots}.`);
    const { layers, keyValueHeads, headDim, ropeTheta } = geometry;
    this.buffers = new Buffers(gpu);
    this.bytes = wgslStateBytes(geometry, slots);
    const layerBuffers = (label: string) => Array.from({ length: layers }, (_, layer) => (
      this.buffers.storage(`${label}.${layer}`, keyValueHeads * slots * headDim * 4)
    ));
    this.keys = layerBuffers('keys');
    this.values = layerBuffers('values');
    this.scores = this.buffers.storage('scores', layers * keyValueHeads * slots * 4);
    this.sources = this.buffers.storage('sources', layers * keyValueHeads * slots * 4);
    const { cosine, sine } = rotaryTable(slots, headDim, ropeTheta);
    this.rotary = this.buffers.filled('rotary', Float32Array.from({ length: 2 * cosine.length }, (_, i) => (i % 2 === 0 ? cosine : sine)[i >> 1]));
  }

  /** Bytes of all buffers, with scores, sources and the rotary table. */
  get deviceBytes(): number {
    return this.buffers.bytes;
  }

  /** @throws ProblemError `device-lost` when there was no memory for it */
  ready(): Promise<void> {
    return this.buffers.ready();
  }

  truncate(length: number): void {
    this.checkUsable();
    if (!Number.isInteger(length) || length < 0 || length > this.length) throw new RangeError(`Cannot truncate ${this.length} slots to ${length}.`);
    this.length = length;
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
    this.length = 0;
  }
}
