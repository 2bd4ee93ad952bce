import type { Gpu } from './gpu';
import type { Dispatch, Pipelines } from './pipelines';
import { readBack } from './readBack';
import { Buffers } from './buffers';

/** Time on the device of all calls of one kernel. */
export interface KernelTime {
  readonly kernel: string;
  readonly calls: number;
  readonly nanoseconds: number;
}

/**
 * Runs dispatches one by one, each between two timestamps. Kernels do not overlap then, and the device may round the
 * times, so the sum is more than a run takes; the shares are what it is for.
 *
 * @throws Error where the device has no timestamps
 */
export async function profileDispatches(gpu: Gpu, pipelines: Pipelines, dispatches: readonly Dispatch[]): Promise<KernelTime[]> {
  if (!gpu.adapter.timestamps) throw new Error(`The GPU ${gpu.name} has no timestamps.`);
  const count = 2 * dispatches.length;
  const queries = gpu.device.createQuerySet({ type: 'timestamp', count });
  const buffers = new Buffers(gpu);
  try {
    const resolved = buffers.queries('timestamps', count * 8);
    const [bytes] = await readBack(gpu, [count * 8], (encoder, copy) => {
      dispatches.forEach((dispatch, i) => {
        const pass = encoder.beginComputePass({ timestampWrites: { querySet: queries, beginningOfPassWriteIndex: 2 * i, endOfPassWriteIndex: 2 * i + 1 } });
        pipelines.encode(pass, [dispatch]);
        pass.end();
      });
      encoder.resolveQuerySet(queries, 0, count, resolved, 0);
      copy(0, resolved, count * 8);
    });
    return sumByKernel(dispatches, new BigInt64Array(bytes));
  } finally {
    buffers.dispose();
    queries.destroy();
  }
}

function sumByKernel(dispatches: readonly Dispatch[], times: BigInt64Array): KernelTime[] {
  const sums = new Map<string, { calls: number; nanoseconds: number }>();
  dispatches.forEach(({ kernel: { name } }, i) => {
    const known = sums.get(name) ?? { calls: 0, nanoseconds: 0 };
    sums.set(name, { calls: known.calls + 1, nanoseconds: known.nanoseconds + Number(times[2 * i + 1] - times[2 * i]) });
  });
  return [...sums].map(([kernel, sum]) => ({ kernel, ...sum }));
}
