import { existsSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { ensureBrowser } from './browser';

/** A Vulkan driver that computes on the processor, and the Vulkan library that loads it. */
export interface SoftwareGpu {
  /** The driver's JSON. */
  readonly driver: string;
  /** Folder of libvulkan.so.1. */
  readonly library: string;
}

/** SwiftShader comes with Debian's chromium. */
const driverName = 'vk_swiftshader_icd.json';
const chromiumFolders = ['/usr/lib/chromium', '/usr/lib/chromium-browser'];
const libraryFolders = ['/usr/lib/x86_64-linux-gnu', '/usr/lib/aarch64-linux-gnu', '/usr/lib', '/usr/lib64'];

/** The driver that `VK_ICD_FILENAMES` names, or that of an installed chromium. */
export function findSoftwareGpu(): SoftwareGpu | undefined {
  const named = process.env.VK_ICD_FILENAMES;
  const beside = process.env.CHROMIUM === undefined ? [] : [dirname(process.env.CHROMIUM)];
  const driver = [...(named === undefined ? [] : [named]), ...[...beside, ...chromiumFolders].map((folder) => join(folder, driverName))].find((path) => existsSync(path));
  if (driver === undefined) return undefined;
  const loaded = (process.env.LD_LIBRARY_PATH ?? '').split(delimiter).filter((folder) => folder !== '');
  const library = [...loaded, ...libraryFolders, dirname(driver)].find((folder) => existsSync(join(folder, 'libvulkan.so.1')));
  return library === undefined ? undefined : { driver, library };
}

/**
 * {@link findSoftwareGpu} for a process that is to be started with it; root on Debian gets one installed.
 *
 * @returns the environment, or why there is none
 */
export async function softwareGpuEnvironment(report: (line: string) => void): Promise<Record<string, string> | string> {
  if (process.platform !== 'linux') return 'a software Vulkan driver is looked for on Linux only';
  if (findSoftwareGpu() === undefined && existsSync('/etc/debian_version') && process.getuid?.() === 0) await ensureBrowser(report);
  const found = findSoftwareGpu();
  if (found === undefined) return 'there is no software Vulkan driver; Debian\'s chromium brings one, or VK_ICD_FILENAMES names one';
  return {
    VK_ICD_FILENAMES: found.driver,
    LD_LIBRARY_PATH: [found.library, process.env.LD_LIBRARY_PATH].filter((folder) => folder !== undefined && folder !== '').join(delimiter),
  };
}
