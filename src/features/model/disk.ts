import { createWriteStream } from 'node:fs';
import { mkdir, statfs } from 'node:fs/promises';
import type { Writable } from 'node:stream';

/** What an import needs of the disk that it writes to. Tests give one that fills up. */
export interface Disk {
  /** Bytes that may still be written to the disk of a folder; undefined where that cannot be told. */
  freeBytes(folder: string): Promise<number | undefined>;
  /** A new file. */
  write(path: string): Writable;
}

export const localDisk: Disk = {
  async freeBytes(folder) {
    await mkdir(folder, { recursive: true });
    return statfs(folder).then(({ bavail, bsize }) => bavail * bsize, () => undefined);
  },
  write: (path) => createWriteStream(path, { flags: 'wx' }),
};
