import { lstat } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Folders that hold dependencies, build output or version control data by convention, whatever the ignore files say.
 * Names that projects also give to their own code (build, out, target, vendor, bin) are left to the ignore files.
 */
const excludedNames: ReadonlySet<string> = new Set([
  '.git', '.hg', '.svn', '.jj',
  'node_modules', 'bower_components', 'jspm_packages', '.yarn', '.pnpm-store', 'site-packages', 'Pods', '.bundle',
  'dist', '.next', '.nuxt', '.svelte-kit', '.output', '.turbo', '.parcel-cache', '.angular', '.gradle', 'DerivedData',
  '.cache', '__pycache__', '.mypy_cache', '.pytest_cache', '.ruff_cache', '.ipynb_checkpoints', '.eggs',
  '.venv', '.tox', '.nox', 'coverage', 'htmlcov', '.nyc_output', '.terraform', '.vscode-test',
]);

/** Files that mark a virtual environment, or a cache such as Cargo's `target` (bford.info/cachedir). */
const markers = ['pyvenv.cfg', 'CACHEDIR.TAG'];

export async function excludedFolder(absolutePath: string, name: string): Promise<boolean> {
  if (excludedNames.has(name)) return true;
  for (const marker of markers) {
    if (await exists(join(absolutePath, marker))) return true;
  }
  return false;
}

async function exists(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch {
    return false;
  }
}
