import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Which VS Code is served: the present one, or the oldest that the extension supports. */
export type HostVersion = 'present' | 'oldest';

/** What `SPARSEK_TEST_HOST` asks for. */
export function wantedHost(env: NodeJS.ProcessEnv = process.env): HostVersion {
  return env.SPARSEK_TEST_HOST === 'oldest' ? 'oldest' : 'present';
}

/** Folder of the package whose `package.json` and lock say which VS Code is installed. */
export function hostPackage(version: HostVersion): string {
  return fileURLToPath(new URL(version === 'oldest' ? 'oldest/' : '.', import.meta.url));
}

/**
 * Where what the tests download is kept: outside the repository, so that fresh clones share it.
 * `SPARSEK_TEST_CACHE` moves it.
 */
export function cacheFolder(env: NodeJS.ProcessEnv = process.env): string {
  if (env.SPARSEK_TEST_CACHE) return resolve(env.SPARSEK_TEST_CACHE);
  const base = env.XDG_CACHE_HOME ?? (process.platform === 'darwin' ? join(homedir(), 'Library', 'Caches') : join(homedir(), '.cache'));
  return join(base, 'sparsek-code');
}

/** The folder of exactly the VS Code that the lock names: another lock, another folder. */
export function hostFolder(version: HostVersion, env: NodeJS.ProcessEnv = process.env): string {
  const lock = readFileSync(join(hostPackage(version), 'package-lock.json'));
  return join(cacheFolder(env), `vscode-host-${createHash('sha256').update(lock).digest('hex').slice(0, 12)}`);
}
