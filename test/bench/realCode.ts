import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fdir } from 'fdir';

/**
 * The project's own TypeScript, in a fixed order: real code that every clone has.
 * @returns the files' texts joined, each behind its path, until at least `characters` are there.
 * @throws Error when the project does not hold that much.
 */
export async function realCode(root: string, characters: number): Promise<string> {
  const paths = await sourceFiles(root);
  let text = '';
  for (const path of paths) {
    text += `// ${path}\n${await readFile(join(root, path), 'utf8')}\n`;
    if (text.length >= characters) return text;
  }
  throw new Error(`The project's sources hold ${text.length} characters, ${characters} were asked for.`);
}

/** Paths below `src`, `kernels` and `test`, relative to `root`, sorted by code unit. */
export async function sourceFiles(root: string): Promise<string[]> {
  const found = await Promise.all(
    ['src', 'kernels', 'test'].map(async (folder) => {
      const inside = await new fdir().withRelativePaths().glob('**/*.ts').crawl(join(root, folder)).withPromise();
      return inside.filter((path) => !path.startsWith('fixtures/workspaces/')).map((path) => `${folder}/${path}`);
    }),
  );
  return found.flat().sort((a, b) => (a < b ? -1 : 1));
}
