// The plain Node.js that a .vsix brings along, from the npm registry, by the lock in scripts/node.
import { chmod, copyFile, cp, mkdir, readFile } from 'node:fs/promises';
import { createHash } from 'node:crypto';
import { dirname, join } from 'node:path';
import { installOnce } from './lockedPackages.mjs';
import { inRoot } from './paths.mjs';
import { run } from './run.mjs';
import { importTypeScript } from './typescript.mjs';

const here = inRoot('scripts', 'node');
const windows = process.platform === 'win32';
const packageName = `node-${windows ? 'win' : process.platform}-${process.arch}`;

/**
 * Copies it to where the extension looks for it (src/client/findNode.ts).
 *
 * @param {string} extension folder of what is to be packed
 * @returns {Promise<string | undefined>} its version; none where the registry has none for this platform: another is found then
 */
export async function copyShippedNode(extension) {
  const lock = await readFile(join(here, 'package-lock.json'), 'utf8');
  const locked = JSON.parse(lock).packages[`node_modules/${packageName}`];
  if (locked === undefined) return undefined;
  const from = join(await installed(lock), 'node_modules', packageName);
  const program = join(extension, 'node', windows ? 'node.exe' : join('bin', 'node'));
  await mkdir(dirname(program), { recursive: true });
  await cp(join(from, 'bin', windows ? 'node.exe' : 'node'), program);
  await chmod(program, 0o755);
  await copyFile(join(from, 'LICENSE'), join(extension, 'node', 'LICENSE'));
  return locked.version;
}

/** @param {string} lock */
async function installed(lock) {
  const { cacheFolder } = await importTypeScript('test/host/cacheFolder.ts');
  const folder = join(cacheFolder(), `shipped-node-${createHash('sha256').update(lock).digest('hex').slice(0, 12)}`);
  await installOnce(folder, here, async (partial) => {
    const code = await run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], { cwd: partial, timeoutSeconds: 300 });
    if (code !== 0) throw new Error(`The Node.js that is packed could not be installed (npm ci ended with ${code}). Check the network and npm's registry, then run again.`);
  });
  return folder;
}
