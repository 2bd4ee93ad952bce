import { lstat } from 'node:fs/promises';

/** A file system's clock may tick so slowly that two writings have one time: what was written so lately is not trusted. */
const settledMilliseconds = 2_000;

/**
 * What a file looks like without opening it: size, times of the last change of content and of anything. As long as that
 * stays, what was read after it was taken is still the content. Undefined for a file written just now, or none.
 */
export async function stampOf(absolutePath: string, now = Date.now()): Promise<string | undefined> {
  try {
    const { size, mtimeNs, ctimeNs, mtimeMs } = await lstat(absolutePath, { bigint: true });
    return Number(mtimeMs) > now - settledMilliseconds ? undefined : `${size} ${mtimeNs} ${ctimeNs}`;
  } catch {
    return undefined;
  }
}
