import { realpath } from 'node:fs/promises';
import { isAbsolute, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The path of a document relative to a folder, with forward slashes; undefined for one outside it or never saved. */
export async function pathInside(folder: string, uri: string): Promise<string | undefined> {
  if (!uri.startsWith('file:')) return undefined;
  try {
    const path = relative(await realpath(folder), await realpath(fileURLToPath(uri)));
    const isInside = path !== '' && !isAbsolute(path) && path.split(sep)[0] !== '..';
    return isInside ? path.split(sep).join('/') : undefined;
  } catch {
    return undefined;
  }
}
