import { rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface TemporaryFolder extends AsyncDisposable {
  readonly path: string;
}

/** A new folder that is removed when it is disposed, or at the latest when this process exits. */
export async function temporaryFolder(name: string): Promise<TemporaryFolder> {
  const path = await mkdtemp(join(tmpdir(), `sparsek-${name}-`));
  const removeNow = (): void => rmSync(path, { recursive: true, force: true });
  process.once('exit', removeNow);
  return {
    path,
    async [Symbol.asyncDispose]() {
      // A program that has just ended may still be writing.
      await rm(path, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
      process.removeListener('exit', removeNow);
    },
  };
}
