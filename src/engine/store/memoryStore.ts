import { createHash } from 'node:crypto';
import { mkdir, readFile, rm, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import type { MemoryShape } from '../../../kernels';
import { storedEntries } from '../memory/encode';
import type { MemoryArchive } from '../memory/segmentReader';
import type { StoredMemory } from '../memory/storedMemory';
import { fileBytes, openChecked, writeChecked } from './checkedFile';
import { memoryFrom, memoryParts, storedMemoryBytes } from './memoryFormat';
import type { SizeBudget } from './sizeBudget';
import type { Writing } from './writing';

/** Raised when a file's bytes or the way segments are encoded change: older files are then left to the budget. */
const formatVersion = 1;

/** What the memories of a store were made by. */
export interface MemoryMaker {
  readonly packVersion: string;
  readonly geometry: MemoryShape;
}

/**
 * Memories of segments on the disk, one file each, named by the segment's content, in a folder named by what made them. A
 * file is whole and checked before anything of it is used; a damaged one is removed, so that it is made again. Any number of
 * processes may share the folder: a file appears whole or not at all, and has the same content whoever wrote it.
 */
export class MemoryStore implements MemoryArchive {
  private readonly folder: string;

  /** @param root the folder whose folders the budget measures */
  constructor(
    root: string,
    private readonly maker: MemoryMaker,
    private readonly budget: SizeBudget,
    private readonly writing: Writing,
    private readonly now: () => number,
  ) {
    // A pack's version may be any text: its hash is fit for a folder's name.
    this.folder = join(root, `memories-${createHash('sha256').update(this.nameOf('')).digest('hex').slice(0, 16)}`);
  }

  async load(key: string): Promise<StoredMemory | undefined> {
    const path = join(this.folder, key);
    const bytes = await readFile(path).catch(() => undefined);
    if (bytes === undefined) return undefined;
    const content = openChecked(this.nameOf(key), bytes);
    const memory = content && memoryFrom(content, this.maker.geometry);
    const time = this.now() / 1000;
    // Neither matters where the folder may only be read.
    if (memory === undefined) await rm(path, { force: true }).catch(() => undefined);
    else await utimes(path, time, time).catch(() => undefined);
    return memory;
  }

  async save(key: string, memory: StoredMemory): Promise<boolean> {
    return this.writing.attempt(async () => {
      await mkdir(this.folder, { recursive: true, mode: 0o700 });
      const bytes = await writeChecked(join(this.folder, key), this.nameOf(key), memoryParts(memory), this.now());
      await this.budget.added(bytes);
    });
  }

  /** Bytes of the file of a segment. */
  bytesOf(tokens: number): number {
    return fileBytes(storedMemoryBytes(this.maker.geometry, Math.min(tokens, storedEntries)));
  }

  async remove(key: string): Promise<void> {
    await rm(join(this.folder, key), { force: true }).catch(() => undefined);
  }

  private nameOf(key: string): string {
    return `memory ${formatVersion} ${this.maker.packVersion} ${storedEntries} ${key}\n`;
  }
}
