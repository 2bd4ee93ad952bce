import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

/**
 * The base weights as the peer reads them: the GGUF file that the model pack was made from.
 *
 * @param root of the project: its `models/training` knows where the base comes from and checks it
 * @returns the file's path
 */
export function obtainBase(root: string, cache: string): string {
  const given = process.env['SPARSEK_BASE_GGUF'];
  if (given !== undefined) return given;
  const folder = join(cache, 'base');
  console.log(`The peer needs the base model (491 MB); it is kept in ${folder} (SPARSEK_BASE_GGUF names another copy).`);
  const output = execFileSync('python3', ['-m', 'sparsek_code.download', '--cache', folder], {
    cwd: join(root, 'models/training'), encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'],
  });
  return output.trim().split('\n').at(-1) ?? '';
}
