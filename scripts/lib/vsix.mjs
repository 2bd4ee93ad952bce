// Packs the .vsix for this platform. What goes in is collected in a folder of its own, so that nothing else can.
import { cp, rm, stat } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { inRoot, out } from './paths.mjs';
import { run } from './run.mjs';
import { copyRuntime } from './runtime.mjs';
import { copyShippedNode } from './shippedNode.mjs';

const target = `${process.platform}-${process.arch}`;
const staging = join(out, 'package');
const model = 'models/qwen2.5-coder-0.5b';

/** All that goes in, besides the inference runtimes and Node. */
const contents = ['package.json', 'README.md', 'CHANGELOG.md', 'LICENSE', 'media', 'dist'];

/**
 * The build in dist/ as a .vsix.
 * @param {boolean} withModel
 * @returns {Promise<import('./vsix.mjs').Vsix>}
 */
export async function packVsix(withModel) {
  await rm(staging, { recursive: true, force: true });
  for (const path of withModel ? [...contents, model] : contents) {
    await cp(inRoot(path), join(staging, path), { recursive: true, filter: (file) => !file.endsWith('.map') });
  }
  await copyRuntime(inRoot('node_modules'), join(staging, 'dist', 'node_modules'));
  const node = await copyShippedNode(staging);

  const file = join(out, `sparsek-code-${target}${withModel ? '-with-model' : ''}.vsix`);
  await rm(file, { force: true });
  const vsce = inRoot('node_modules', '@vscode', 'vsce', 'vsce');
  const args = ['package', '--no-dependencies', '--allow-missing-repository', '--no-rewrite-relative-links', '--target', target, '--out', file];
  /** @type {string[]} */
  const said = [];
  const code = await run(process.execPath, [vsce, ...args], { cwd: staging, timeoutSeconds: 300, quiet: true, onLine: (line) => said.push(line) });
  if (code !== 0 || !existsSync(file)) throw new Error(`vsce ended with ${code}:\n${said.join('\n')}`);
  return { file, bytes: (await stat(file)).size, node };
}
