import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { copyPack, diskFull } from './copyPack';
import { localDisk, type Disk } from './disk';
import type { PackListing } from './packListing';

export interface ImportOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: (bytes: number, file: string) => void;
  readonly disk?: Disk;
}

/** Beside the weights: a new pack, the file that says which counts, and a little for the disk's own bookkeeping. */
const spareBytes = 8e6;

/** An import that was killed leaves a folder of this name, which the next one removes. */
const partial = '.importing-';

/**
 * The packs that were imported, in a folder that all windows share. Each lies in a folder of its own that appears when it
 * is whole; a small file says which counts and is replaced in one step, so that at every moment there is a whole pack or none.
 */
export class ImportedPacks {
  readonly #pointer: string;

  constructor(private readonly root: string) {
    this.#pointer = join(root, 'current');
  }

  /** Folder of the pack that counts; undefined when none was imported. Reads one small file. */
  get current(): string | undefined {
    try {
      const name = readFileSync(this.#pointer, 'utf8').trim();
      return name !== '' && basename(name) === name ? join(this.root, name) : undefined;
    } catch {
      return undefined;
    }
  }

  /**
   * Copies a pack, checks it, and lets it count from then on. What was imported before is removed, as far as nothing uses it.
   *
   * @returns its folder
   * @throws ProblemError or the signal's reason; what counted before then still does, and nothing else is left
   */
  async add(pack: PackListing, { signal, onProgress, disk = localDisk }: ImportOptions = {}): Promise<string> {
    const before = await this.#folders();
    const free = await disk.freeBytes(this.root).catch(() => undefined);
    if (free !== undefined && free < pack.bytes + spareBytes) throw diskFull(this.root, pack.bytes, free);
    const name = `${pack.packVersion.replace(/[^\w.-]/g, '_')}-${randomUUID().slice(0, 8)}`;
    const unfinished = join(this.root, `${partial}${process.pid}-${name}`);
    const folder = join(this.root, name);
    try {
      await copyPack(pack, unfinished, { disk, signal, onProgress });
      signal?.throwIfAborted();
      await rename(unfinished, folder);
      await this.#letCount(name).catch(async (error: unknown) => {
        await remove(folder);
        throw error;
      });
    } finally {
      await remove(unfinished);
    }
    for (const old of before) if (!isBeingImported(old)) await remove(join(this.root, old));
    return folder;
  }

  async #letCount(name: string): Promise<void> {
    const temporary = `${this.#pointer}.${randomUUID()}`;
    try {
      await writeFile(temporary, `${name}\n`);
      await rename(temporary, this.#pointer);
    } finally {
      await rm(temporary, { force: true });
    }
  }

  async #folders(): Promise<string[]> {
    await mkdir(this.root, { recursive: true }).catch(() => undefined);
    const entries = await readdir(this.root, { withFileTypes: true }).catch(() => []);
    return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  }
}

/** By a process that lives: another window's. */
function isBeingImported(folder: string): boolean {
  const owner = folder.startsWith(partial) ? parseInt(folder.slice(partial.length), 10) : NaN;
  if (Number.isNaN(owner)) return false;
  try {
    process.kill(owner, 0);
    return true;
  } catch {
    return false;
  }
}

/** Where a file is in use and its system forbids it, the folder stays until the next import. */
async function remove(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true }).catch(() => undefined);
}
