import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { release } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { probeGpu, type ProbeResult } from './probeGpu';

const schema = z.object({
  drivers: z.string(),
  result: z.union([
    z.object({ usable: z.literal(true), name: z.string(), software: z.boolean() }),
    z.object({ usable: z.literal(false), because: z.string() }),
  ]),
});

/**
 * {@link probeGpu}, remembered in the cache folder until a driver changes: a driver that crashes does so once, and a start
 * does not wait for what is known. A folder that cannot be read or written only costs the probe.
 */
export async function rememberedProbe(cacheDirectory: string, probe: () => Promise<ProbeResult> = probeGpu): Promise<ProbeResult> {
  const path = join(cacheDirectory, 'gpu.json');
  const drivers = await driverStamp();
  const known = await readFile(path, 'utf8').then((text) => schema.parse(JSON.parse(text)), () => undefined);
  if (known?.drivers === drivers) return known.result;
  const result = await probe();
  await remember(path, cacheDirectory, { drivers, result });
  return result;
}

/** Takes a GPU that failed in use out of the choice until a driver changes or the cache folder is emptied. */
export async function rememberFailure(cacheDirectory: string, because: string): Promise<void> {
  await remember(join(cacheDirectory, 'gpu.json'), cacheDirectory, { drivers: await driverStamp(), result: { usable: false, because } });
}

async function remember(path: string, folder: string, content: z.infer<typeof schema>): Promise<void> {
  const temporary = `${path}.${randomUUID()}`;
  try {
    await mkdir(folder, { recursive: true });
    await writeFile(temporary, JSON.stringify(content));
    await rename(temporary, path);
  } catch {
    await rm(temporary, { force: true }).catch(() => undefined);
  }
}

/** Where systems keep their GPU drivers: files whose content, folders whose entries and dates change with them. */
const driverPlaces = [
  '/proc/driver/nvidia/version', '/usr/share/vulkan/icd.d', '/etc/vulkan/icd.d', '/sys/class/drm',
  'C:\\Windows\\System32\\DriverStore\\FileRepository',
];

/** Changes with the drivers, as far as that can be seen without loading one; on macOS they come with the system. */
export async function driverStamp(): Promise<string> {
  const hash = createHash('sha256').update(`${process.platform} ${process.arch} ${release()} ${process.env.VK_ICD_FILENAMES ?? ''} ${process.env.VK_DRIVER_FILES ?? ''}\n`);
  for (const place of driverPlaces) hash.update(`${place} ${await describe(place)}\n`);
  return hash.digest('hex').slice(0, 16);
}

async function describe(place: string): Promise<string> {
  try {
    const found = await stat(place);
    if (!found.isDirectory()) return await readFile(place, 'utf8');
    const names = (await readdir(place)).sort();
    const dates = place.startsWith('/sys') ? [] : await Promise.all(names.map(async (name) => (await stat(join(place, name))).mtimeMs));
    return `${names.join()} ${dates.join()}`;
  } catch {
    return 'absent';
  }
}
