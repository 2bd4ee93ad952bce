import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { temporaryFolder } from '../host/temporaryFolder';

const sample = fileURLToPath(new URL('../fixtures/workspaces/demo', import.meta.url));

/** A copy of the sample workspace that may be typed into; disposing it removes it. */
export async function copySampleWorkspace(): Promise<AsyncDisposable & { readonly path: string }> {
  const folder = await temporaryFolder('sample');
  const path = join(folder.path, 'corner-shop');
  await cp(sample, path, { recursive: true });
  return { path, [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose]() };
}
