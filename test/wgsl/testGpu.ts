import { findSoftwareGpu } from '../host/softwareGpu';
import { Gpu } from '../../src/engine/runtime/wgsl/gpu';

/**
 * Chooses what the GPU tests of a suite run on: the machine's own GPU when `SPARSEK_TEST_GPU=real`, else SwiftShader, a driver
 * that computes on the processor. Without one the suite is skipped, and says why.
 */
export function useTestGpu(): void {
  before(function () {
    if (onRealGpu()) return;
    const found = findSoftwareGpu();
    if (found === undefined) {
      console.log('      Skipped: there is no software Vulkan driver. Debian\'s chromium brings one ("npm test" installs it for root).');
      this.skip();
    }
    process.env.VK_ICD_FILENAMES = found.driver;
  });
}

/** An open device for a suite. */
export function useGpu(): () => Gpu {
  useTestGpu();
  let gpu: Gpu | undefined;
  before(async () => { gpu = await Gpu.open(); });
  after(() => gpu?.dispose());
  return () => {
    if (gpu === undefined) throw new Error('The GPU is asked for before the suite runs.');
    return gpu;
  };
}

export function onRealGpu(): boolean {
  return process.env.SPARSEK_TEST_GPU === 'real';
}
