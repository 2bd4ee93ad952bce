// Run as a process of its own: opens the GPU, computes a little on it, and says on standard output what it is. A driver that
// crashes takes this process along and no other.
import { embed, embedThreads } from '../../../../kernels/wgsl';
import { Buffers } from './buffers';
import { Gpu } from './gpu';
import { Pipelines } from './pipelines';
import { readBack } from './readBack';

async function probe(): Promise<void> {
  const gpu = await Gpu.open();
  const buffers = new Buffers(gpu);
  const pipelines = new Pipelines(gpu.device);
  // One row of eight weights that stand for 1: the number 9 with a scale of 1, less the 8 that symmetric rows take off.
  const layout = { rows: 1, width: 8, bits: 4, blockSize: 8, data: 0, scales: 1 } as const;
  const kernel = embed(layout);
  const uniform = buffers.uniform('step', 32);
  gpu.device.queue.writeBuffer(uniform, 0, Uint32Array.of(1, 0, 0, 0, 0, 0, 0, 0));
  const result = buffers.storage('result', 32);
  const group = pipelines.bind(kernel, [uniform, buffers.filled('weights', Uint32Array.of(0x99999999, 0x3c00)), buffers.filled('ids', Uint32Array.of(0)), result]);
  const [bytes] = await readBack(gpu, [32], (encoder, copy) => {
    const pass = encoder.beginComputePass();
    pipelines.encode(pass, [{ kernel, group, workgroups: [Math.ceil(1 / embedThreads)] }]);
    pass.end();
    copy(0, result, 32);
  });
  const computes = new Float32Array(bytes).every((value) => value === 1);
  process.stdout.write(JSON.stringify({ adapter: gpu.adapter, computes }), () => process.exit(0));
}

probe().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
