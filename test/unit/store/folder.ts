import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openStore, type Store } from '../../../src/engine/store';
import { shape } from './madeMemory';

export interface Files {
  readonly path: string;
  readonly bytes: Buffer;
}

/** A store for tests; what it warns of is an error unless a test says otherwise. */
export function testStore(cacheDirectory: string, options: { readonly megabytes?: number; readonly now?: () => number; readonly warn?: (message: string) => void; readonly packVersion?: string } = {}): Store {
  return openStore({
    cacheDirectory, geometry: shape, megabytes: 100, packVersion: 'a', warn: (message) => { throw new Error(message); }, ...options,
  });
}

/** Every file below a folder. */
export async function filesBelow(folder: string): Promise<Files[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return Promise.all(files.sort().map(async (path) => ({ path, bytes: await readFile(path) })));
}
