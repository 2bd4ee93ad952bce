import type { create } from 'webgpu';

/**
 * Dawn under Node. The package is an ES module with a native library of its own for each platform, so it is loaded only
 * when a GPU is asked for; where there is no library for the platform, loading rejects.
 *
 * An instance keeps the process alive as long as it is referenced.
 */
export async function openDawn(): Promise<GPU> {
  const dawn: { create: typeof create } = await import('webgpu');
  // f16 is switched off for NVIDIA's Vulkan driver unless asked for; adapters without it are not changed by this. Timestamps are
  // rounded to a tenth of a millisecond against pages that spy, which a benchmark of ours is not.
  return dawn.create(['enable-dawn-features=vulkan_enable_f16_on_nvidia', 'disable-dawn-features=timestamp_quantization']);
}
