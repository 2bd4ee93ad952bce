import { lost, type Gpu } from './gpu';
import { Buffers } from './buffers';

/** Copies `bytes` from a buffer's start to `offset` of the part that comes back. */
type Copy = (part: number, source: GPUBuffer, bytes: number, offset?: number) => void;

/**
 * Submits what `record` writes down, and returns copies of what it asked for, one array a part.
 *
 * @param sizes bytes of the parts, multiples of 4
 * @throws ProblemError `device-lost`
 */
export async function readBack(gpu: Gpu, sizes: readonly number[], record: (encoder: GPUCommandEncoder, copy: Copy) => void): Promise<ArrayBuffer[]> {
  const buffers = new Buffers(gpu);
  try {
    const targets = sizes.map((bytes) => buffers.readback('read back', bytes));
    const encoder = gpu.device.createCommandEncoder();
    record(encoder, (part, source, bytes, offset = 0) => encoder.copyBufferToBuffer(source, 0, targets[part], offset, bytes));
    gpu.device.queue.submit([encoder.finish()]);
    await buffers.ready();
    await Promise.all(targets.map((target) => mapForReading(gpu, target)));
    return targets.map((target, part) => target.getMappedRange(0, Math.ceil(sizes[part] / 4) * 4).slice(0, sizes[part]));
  } finally {
    buffers.dispose();
  }
}

/** @throws ProblemError `device-lost` when the device goes while it is waited for */
export async function mapForReading(gpu: Gpu, buffer: GPUBuffer): Promise<void> {
  try {
    await buffer.mapAsync(mapRead);
  } catch (error) {
    gpu.checkPresent();
    throw lost(`The GPU ${gpu.name} did not answer (${error instanceof Error ? error.message : String(error)}).`, error);
  }
}

/** `GPUMapMode.READ` */
const mapRead = 1;
