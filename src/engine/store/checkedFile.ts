import { createHash, randomUUID } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';

const hashBytes = 32;

/**
 * Writes a file that {@link openChecked} reads back: the parts, then the SHA-256 of a name and of everything before. It is
 * written beside its place and then renamed, so that two processes, or one that is killed, never leave half a file under
 * its name. Nothing is flushed to the medium: what a power failure takes is found damaged and made again.
 *
 * @param name what the content is meant for; a file that stands under another name does not pass
 * @param time when it was used last, milliseconds since 1970
 * @returns bytes written
 * @throws Error of the file system; nothing stays then
 */
export async function writeChecked(path: string, name: string, parts: readonly Uint8Array[], time: number): Promise<number> {
  const hash = createHash('sha256').update(name);
  for (const part of parts) hash.update(part);
  const whole = [...parts, hash.digest()];
  const temporary = `${path}.${randomUUID()}${temporaryEnding}`;
  try {
    const handle = await open(temporary, 'wx', 0o600);
    try {
      await writeAll(handle, whole);
      await handle.utimes(time / 1000, time / 1000);
    } finally {
      await handle.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw error;
  }
  return whole.reduce((sum, part) => sum + part.length, 0);
}

/** Bytes of a file with so many of content. */
export function fileBytes(content: number): number {
  return content + hashBytes;
}

/** Files that are being written, or whose writer was killed. */
export const temporaryEnding = '.writing';

/** The content without its checksum; undefined when a single bit is not as it was written, or it was written for another name. */
export function openChecked(name: string, bytes: Uint8Array): Uint8Array | undefined {
  if (bytes.length < hashBytes) return undefined;
  const content = bytes.subarray(0, bytes.length - hashBytes);
  const found = createHash('sha256').update(name).update(content).digest();
  return found.equals(bytes.subarray(content.length)) ? content : undefined;
}

/** Part after part; a short write (a limit, a disk that fills up) is followed by one that says what is wrong. */
async function writeAll(handle: Awaited<ReturnType<typeof open>>, parts: readonly Uint8Array[]): Promise<void> {
  for (const part of parts) {
    for (let done = 0; done < part.length;) {
      done += (await handle.write(part, done, part.length - done)).bytesWritten;
    }
  }
}
