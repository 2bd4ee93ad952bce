import { CpuRuntime } from '../../src/engine/runtime';
import { WgslRuntime } from '../../src/engine/runtime/wgsl/wgslRuntime';
import { temporaryDirectory, type TemporaryDirectory } from '../fixtures/temporaryDirectory';
import { writeTinyPack, type TinyPackOptions } from '../fixtures/tinyPack';
import { useTestGpu } from './testGpu';

export interface TinyRuntimes {
  readonly directory: string;
  readonly gpu: WgslRuntime;
  /** With activations as they are: the shaders do not quantise them either. */
  readonly cpu: CpuRuntime;
}

/** One random model of a tiny geometry on the GPU and on the CPU, loaded once for a suite: shaders take seconds to compile in software. */
export function useTinyRuntimes(options?: TinyPackOptions): () => TinyRuntimes {
  let directory: TemporaryDirectory | undefined;
  let runtimes: TinyRuntimes | undefined;
  useTestGpu();
  before(async () => {
    directory = await temporaryDirectory();
    const manifest = await writeTinyPack(directory.path, { ...options, arithmetic: 'float32' });
    const gpu = await WgslRuntime.load(directory.path, manifest, 'a test');
    runtimes = { directory: directory.path, gpu, cpu: await CpuRuntime.load(directory.path, manifest, 1) };
  });
  after(async () => {
    await runtimes?.gpu.dispose();
    await runtimes?.cpu.dispose();
    await directory?.remove();
  });
  return () => {
    if (runtimes === undefined) throw new Error('The runtimes are asked for before the suite runs.');
    return runtimes;
  };
}
