import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { temporaryDirectory } from '../../fixtures/temporaryDirectory';

/** Contents by path; folders are made on the way. */
export type Tree = Readonly<Record<string, string | Uint8Array>>;

export async function writeTree(root: string, tree: Tree): Promise<void> {
  for (const [path, content] of Object.entries(tree)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), content);
  }
}

/** Runs a test in a folder of its own with the files given. */
export async function withTree<T>(tree: Tree, use: (root: string) => Promise<T>): Promise<T> {
  const directory = await temporaryDirectory();
  try {
    await writeTree(directory.path, tree);
    return await use(directory.path);
  } finally {
    await directory.remove();
  }
}
