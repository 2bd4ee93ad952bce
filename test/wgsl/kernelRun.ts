import type { Kernel } from '../../kernels/wgsl';
import { Buffers } from '../../src/engine/runtime/wgsl/buffers';
import type { Gpu } from '../../src/engine/runtime/wgsl/gpu';
import { Pipelines, type Dispatch } from '../../src/engine/runtime/wgsl/pipelines';
import { readBack } from '../../src/engine/runtime/wgsl/readBack';

type Numbers = Float32Array | Uint32Array | Int32Array;

/** Runs one kernel once on the given contents of its buffers. @returns what is in them afterwards, as float32 bits unless asked otherwise */
export async function runKernel(gpu: Gpu, kernel: Kernel, contents: readonly Numbers[], workgroups: Dispatch['workgroups']): Promise<ArrayBuffer[]> {
  const { device } = gpu;
  const buffers = new Buffers(gpu);
  device.pushErrorScope('validation');
  try {
    const made = contents.map((content, i) => {
      const buffer = kernel.bindings[i] === 'uniform' ? buffers.uniform(`${i}`, content.byteLength) : buffers.storage(`${i}`, content.byteLength);
      device.queue.writeBuffer(buffer, 0, content);
      return buffer;
    });
    const pipelines = new Pipelines(device);
    const group = pipelines.bind(kernel, made);
    const written = made.map((buffer, i) => ({ buffer, bytes: contents[i].byteLength })).filter((_, i) => kernel.bindings[i] !== 'uniform');
    const results = await readBack(gpu, written.map(({ bytes }) => bytes), (encoder, copy) => {
      const pass = encoder.beginComputePass();
      pipelines.encode(pass, [{ kernel, group, workgroups }]);
      pass.end();
      written.forEach(({ buffer, bytes }, part) => copy(part, buffer, bytes));
    });
    // By binding, as the contents are.
    let next = 0;
    return contents.map((_, i) => (kernel.bindings[i] === 'uniform' ? new ArrayBuffer(0) : results[next++]));
  } finally {
    buffers.dispose();
    const error = await device.popErrorScope();
    if (error) throw new Error(error.message);
  }
}

/** The uniform of a run, by its fields' names. */
export function step(fields: Partial<Record<'tokens' | 'first' | 'source' | 'slots' | 'splitLength' | 'splits' | 'rows' | 'firstRow', number>>): Int32Array {
  const { tokens = 0, first = 0, source = 0, slots = 0, splitLength = 0, splits = 0, rows = 0, firstRow = 0 } = fields;
  return Int32Array.of(tokens, first, source, slots, splitLength, splits, rows, firstRow);
}

/** The largest difference, relative to the largest magnitude that was expected. */
export function difference(found: ArrayLike<number>, expected: ArrayLike<number>): number {
  let worst = 0;
  let scale = 0;
  for (let i = 0; i < expected.length; i++) {
    worst = Math.max(worst, Math.abs(found[i] - expected[i]));
    scale = Math.max(scale, Math.abs(expected[i]));
    if (Number.isNaN(found[i])) return Infinity;
  }
  return worst / (scale || 1);
}
