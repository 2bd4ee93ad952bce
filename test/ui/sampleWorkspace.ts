import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const sample = fileURLToPath(new URL('../fixtures/workspaces/demo', import.meta.url));

/** A copy of the sample workspace that may be typed into; disposing it removes it. */
export async function copySampleWorkspace(): Promise<AsyncDisposable & { readonly path: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'sparsek-sample-'));
  const path = join(folder, 'corner-shop');
  await cp(sample, path, { recursive: true });
  return { path, [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }) };
}
