import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { z } from 'zod';

/** What a file looked like when its hash was found right, by file name. */
export type Stamp = Record<string, StampEntry>;

export interface StampEntry {
  readonly bytes: number;
  /** Modification time, milliseconds. */
  readonly modified: number;
  readonly sha256: string;
}

const stampSchema = z.record(z.string(), z.object({ bytes: z.number(), modified: z.number(), sha256: z.string() }));

/** The stamp of a model folder; empty when there is none or it cannot be read, which only costs the time to hash. */
export async function readStamp(cacheDirectory: string, modelDirectory: string): Promise<Stamp> {
  try {
    return stampSchema.parse(JSON.parse(await readFile(stampPath(cacheDirectory, modelDirectory), 'utf8')));
  } catch {
    return {};
  }
}

/** Written whole and then renamed: two engines on one cache folder never see half a stamp. @returns why it failed, if it did. */
export async function writeStamp(cacheDirectory: string, modelDirectory: string, stamp: Stamp): Promise<string | undefined> {
  const path = stampPath(cacheDirectory, modelDirectory);
  const temporary = `${path}.${randomUUID()}`;
  try {
    await mkdir(cacheDirectory, { recursive: true });
    await writeFile(temporary, JSON.stringify(stamp));
    await rename(temporary, path);
    return undefined;
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    return error instanceof Error ? error.message : String(error);
  }
}

function stampPath(cacheDirectory: string, modelDirectory: string): string {
  const folder = createHash('sha256').update(resolve(modelDirectory)).digest('hex').slice(0, 16);
  return join(cacheDirectory, `verified-${folder}.json`);
}
