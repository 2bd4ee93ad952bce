import { constants, type BigIntStats } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { decodeText } from './decodeText';
import { looksGenerated } from './generated';
import { systemReason } from './systemReason';
import type { Skip } from './skip';

/** Larger files are data or generated. */
export const maxFileBytes = 1 << 20;
const attempts = 3;
/** Within one tick of a file system's clock two writes have the same time, so a file written just now is read twice. */
const freshMilliseconds = 100;

export type ReadResult = { readonly text: string } | Omit<Skip, 'path'>;

/**
 * The text of a file as it was at one moment, or why there is none. A file that changes under the read is read again, and
 * given up after a few times: half of one version is never joined to half of another.
 *
 * @param absolutePath where it lies
 * @param path relative to the workspace, for what its name tells
 */
export async function readText(absolutePath: string, path: string): Promise<ReadResult> {
  let handle: FileHandle;
  try {
    // Not through a link, even one put there after the walk; not waiting for a pipe's other end.
    handle = await open(absolutePath, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    const detail = systemReason(error);
    return detail === 'ELOOP' ? { reason: 'symbolic-link' } : { reason: 'unreadable', detail };
  }
  try {
    const bytes = await readUnchanged(handle);
    return bytes instanceof Uint8Array ? textOf(bytes, path) : bytes;
  } catch (error) {
    return { reason: 'unreadable', detail: systemReason(error) };
  } finally {
    await handle.close();
  }
}

async function readUnchanged(handle: FileHandle): Promise<Uint8Array | Omit<Skip, 'path'>> {
  for (let attempt = 0; attempt < attempts; attempt++) {
    const before = await handle.stat({ bigint: true });
    if (!before.isFile()) return { reason: 'not-a-file' };
    if (before.size > maxFileBytes) return { reason: 'too-large', detail: `${before.size} bytes, limit ${maxFileBytes}` };
    const bytes = await readAll(handle, Number(before.size));
    const again = isFresh(before) ? await readAll(handle, Number(before.size)) : bytes;
    const after = await handle.stat({ bigint: true });
    if (same(before, after) && bytes.length === Number(after.size) && bytes.equals(again)) return bytes;
  }
  return { reason: 'changing' };
}

/** Up to one byte more than expected, which shows that the file grew. */
async function readAll(handle: FileHandle, size: number): Promise<Buffer> {
  const buffer = Buffer.alloc(size + 1);
  let filled = 0;
  for (;;) {
    const { bytesRead } = await handle.read(buffer, filled, buffer.length - filled, filled);
    filled += bytesRead;
    if (bytesRead === 0 || filled === buffer.length) return buffer.subarray(0, filled);
  }
}

function same(before: BigIntStats, after: BigIntStats): boolean {
  return before.size === after.size && before.mtimeNs === after.mtimeNs && before.ctimeNs === after.ctimeNs;
}

function isFresh({ mtimeMs }: BigIntStats): boolean {
  return Number(mtimeMs) > Date.now() - freshMilliseconds;
}

function textOf(bytes: Uint8Array, path: string): ReadResult {
  const decoded = decodeText(bytes);
  if (typeof decoded !== 'string') return decoded;
  if (decoded.trim() === '') return { reason: 'empty' };
  const generated = looksGenerated(path, decoded);
  return generated === undefined ? { text: decoded } : { reason: 'generated', detail: generated };
}
