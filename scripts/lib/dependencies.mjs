// Are the packages of package-lock.json the ones in node_modules? npm records there what it installed.
import { existsSync, readFileSync } from 'node:fs';
import { inRoot } from './paths.mjs';

const installedFile = inRoot('node_modules', '.package-lock.json');

export function dependenciesAreInstalled() {
  if (!existsSync(installedFile)) return false;
  const wanted = packagesOf(inRoot('package-lock.json'));
  const installed = packagesOf(installedFile);
  return Object.entries(wanted).every(([path, { version, optional }]) => {
    if (path === '') return true;
    const found = installed[path];
    // Other platforms' packages are optional and absent.
    return found ? found.version === version : optional === true;
  });
}

/**
 * @param {string} file
 * @returns {Record<string, { version?: string, optional?: boolean }>}
 */
function packagesOf(file) {
  return JSON.parse(readFileSync(file, 'utf8')).packages ?? {};
}
