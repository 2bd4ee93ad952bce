import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const shippedModel = join('models', 'qwen2.5-coder-0.5b');

/** The folder of the model that lies beside the program: the first found going up from where the program lies. */
export function shippedModelDirectory(): string {
  const start = dirname(fileURLToPath(import.meta.url));
  for (let folder = start; ; folder = dirname(folder)) {
    const candidate = join(folder, shippedModel);
    if (existsSync(candidate) || folder === dirname(folder)) return candidate;
  }
}

/** Where the system keeps what a program can make again. */
export function defaultCacheDirectory(environment: NodeJS.ProcessEnv = process.env): string {
  const named = environment.XDG_CACHE_HOME ?? environment.LOCALAPPDATA;
  if (named !== undefined && named !== '') return join(named, 'sparsek');
  return process.platform === 'darwin' ? join(homedir(), 'Library', 'Caches', 'sparsek') : join(homedir(), '.cache', 'sparsek');
}
