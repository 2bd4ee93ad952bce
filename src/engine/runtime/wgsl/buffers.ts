import { lost, type Gpu } from './gpu';

/** WebGPU's buffer usages, which are globals in browsers only. */
const usage = { mapRead: 0x1, copySource: 0x4, copyTarget: 0x8, uniform: 0x40, storage: 0x80, queries: 0x200 } as const;

/** Makes buffers, counts their bytes, and destroys them all. */
export class Buffers {
  private readonly all: GPUBuffer[] = [];
  private readonly checks: Promise<GPUError | null>[] = [];

  constructor(private readonly gpu: Gpu) {}

  get bytes(): number {
    return this.all.reduce((sum, { size }) => sum + size, 0);
  }

  storage(label: string, bytes: number): GPUBuffer {
    return this.create(label, bytes, usage.storage | usage.copySource | usage.copyTarget);
  }

  uniform(label: string, bytes: number): GPUBuffer {
    return this.create(label, bytes, usage.uniform | usage.copyTarget);
  }

  /** For what timestamps are resolved into. */
  queries(label: string, bytes: number): GPUBuffer {
    return this.create(label, bytes, usage.queries | usage.copySource);
  }

  /** For what comes back from the device. */
  readback(label: string, bytes: number): GPUBuffer {
    return this.create(label, bytes, usage.mapRead | usage.copyTarget);
  }

  /** A storage buffer that holds `data`. */
  filled(label: string, data: Float32Array | Uint32Array): GPUBuffer {
    const buffer = this.storage(label, data.byteLength);
    this.gpu.device.queue.writeBuffer(buffer, 0, data);
    return buffer;
  }

  /** Settles when all buffers made so far are known to exist. @throws ProblemError `device-lost` when memory ran out */
  async ready(): Promise<void> {
    const errors = await Promise.all(this.checks.splice(0));
    const error = errors.find((found) => found !== null);
    if (error) throw lost(`The GPU ${this.gpu.name} has no memory for ${this.bytes} bytes (${error.message}).`);
  }

  dispose(): void {
    for (const buffer of this.all) buffer.destroy();
  }

  private create(label: string, bytes: number, usages: number): GPUBuffer {
    const { device } = this.gpu;
    const size = Math.ceil(Math.max(bytes, 16) / 16) * 16;
    device.pushErrorScope('out-of-memory');
    const buffer = device.createBuffer({ label, size, usage: usages });
    this.checks.push(device.popErrorScope());
    this.all.push(buffer);
    return buffer;
  }
}
