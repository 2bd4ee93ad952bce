// Packages by a lock of their own, installed once outside the repository, so that fresh clones share them.
import { copyFile, mkdir, readdir, rename, rm } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

/**
 * Installs what a lock names, unless it is there. The folder appears under its name when it is whole, so an interrupted or a
 * concurrent installation leaves nothing half done.
 *
 * @param {string} folder where to
 * @param {string} from folder of the package.json and its lock
 * @param {(partial: string) => Promise<void>} install run in a folder that holds both
 */
export async function installOnce(folder, from, install) {
  if (existsSync(folder)) return;
  await removeAbandoned(folder);
  const partial = `${folder}.partial-${process.pid}`;
  await mkdir(partial, { recursive: true });
  try {
    for (const file of ['package.json', 'package-lock.json']) await copyFile(join(from, file), join(partial, file));
    await install(partial);
    await rename(partial, folder).catch((error) => {
      // Another process finished the same installation first.
      if (!existsSync(folder)) throw error;
    });
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
}

/**
 * Removes what an installation that was killed left behind.
 * @param {string} folder
 */
async function removeAbandoned(folder) {
  const parent = dirname(folder);
  if (!existsSync(parent)) return;
  for (const name of await readdir(parent)) {
    const owner = new RegExp(`^${basename(folder)}\\.partial-(\\d+)$`).exec(name)?.[1];
    if (owner !== undefined && !isAlive(Number(owner))) await rm(join(parent, name), { recursive: true, force: true });
  }
}

/** @param {number} pid */
function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
