// Lets these scripts, which start before anything is installed, use the repository's TypeScript afterwards.
import { pathToFileURL } from 'node:url';
import { inRoot } from './paths.mjs';

/**
 * @param {string} path from the repository's root
 * @returns {Promise<any>} the module
 */
export async function importTypeScript(path) {
  const { tsImport } = await import('tsx/esm/api');
  return tsImport(pathToFileURL(inRoot(path)).href, import.meta.url);
}
