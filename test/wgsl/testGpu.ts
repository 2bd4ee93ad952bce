import type { Context } from 'mocha';
import { findSoftwareGpu } from '../host/softwareGpu';

/**
 * Chooses what the GPU tests run on: the machine's own GPU when `SPARSEK_TEST_GPU=real`, else SwiftShader, a driver that
 * computes on the processor. Without one the suite is skipped, and says why. To be called in `before`, with its `this`.
 */
export function useTestGpu(context: Context): void {
  if (process.env.SPARSEK_TEST_GPU === 'real') return;
  const found = findSoftwareGpu();
  if (found === undefined) {
    console.log('      Skipped: there is no software Vulkan driver. Debian\'s chromium brings one ("npm test" installs it for root).');
    context.skip();
  }
  process.env.VK_ICD_FILENAMES = found.driver;
}
