import type { Dirent } from 'node:fs';
import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { temporaryEnding } from './checkedFile';

/** A writer that has not come to its end by now was killed. */
const abandonedMilliseconds = 10 * 60_000;
/** Part of the budget that is written before the folder is measured again, and that is freed at once when it is full. */
const share = 1 / 16;

interface StoredFile {
  readonly path: string;
  readonly bytes: number;
  /** When it was used last, milliseconds. */
  readonly used: number;
}

/**
 * Keeps the files in a folder's folders within a number of bytes: those that were used least recently go. The files' own
 * times are the record of use, so that it survives a kill and is shared by all processes; another process's writing is
 * noticed when the folder is measured, at this one's first writing and after every sixteenth of the budget that it has
 * written. Two processes so pass the budget by an eighth at most.
 */
export class SizeBudget {
  /** Bytes written since the folder was measured; at first nothing is known of it. */
  private unmeasured = Infinity;
  private used = 0;
  private trimming: Promise<void> | undefined;

  constructor(private readonly folder: string, readonly bytes: number, private readonly now: () => number) {}

  /** Takes note of a file that was written; makes room when it is due. */
  async added(bytes: number): Promise<void> {
    this.used += bytes;
    this.unmeasured += bytes;
    if (this.used > this.bytes || this.unmeasured > this.bytes * share) await this.trim();
  }

  /** Measures the folder, takes away what killed writers left, and makes room when there is too much. */
  trim(): Promise<void> {
    this.trimming ??= this.measureAndTrim().finally(() => { this.trimming = undefined; });
    return this.trimming;
  }

  private async measureAndTrim(): Promise<void> {
    this.unmeasured = 0;
    const files = (await storedFiles(this.folder)).sort((a, b) => a.used - b.used || (a.path < b.path ? -1 : 1));
    let sum = files.reduce((total, { bytes }) => total + bytes, 0);
    const target = sum > this.bytes ? this.bytes * (1 - share) : this.bytes;
    for (const { path, bytes, used } of files) {
      const isWriting = path.endsWith(temporaryEnding);
      const isAbandoned = isWriting && used < this.now() - abandonedMilliseconds;
      if (!isAbandoned && (isWriting || sum <= target)) continue;
      // What cannot be removed (another system holds it open) is met again the next time.
      await rm(path, { force: true }).then(() => { sum -= bytes; }, () => undefined);
    }
    this.used = sum;
  }
}

/** How many files are looked at together. */
const statsAtOnce = 64;

/** Files two folders deep; what goes while this looks is left out. */
async function storedFiles(folder: string): Promise<StoredFile[]> {
  const files: StoredFile[] = [];
  for (const inner of await entriesOf(folder)) {
    if (!inner.isDirectory()) continue;
    const entries = await entriesOf(join(folder, inner.name));
    const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(folder, inner.name, entry.name));
    for (let start = 0; start < paths.length; start += statsAtOnce) {
      const some = await Promise.all(paths.slice(start, start + statsAtOnce).map(storedFile));
      files.push(...some.flatMap((file) => file ?? []));
    }
  }
  return files;
}

async function storedFile(path: string): Promise<StoredFile | undefined> {
  const stats = await stat(path).catch(() => undefined);
  return stats && { path, bytes: stats.size, used: stats.mtimeMs };
}

function entriesOf(folder: string): Promise<Dirent[]> {
  return readdir(folder, { withFileTypes: true }).catch(() => []);
}
