// The inference runtimes as the .vsix carries them: the packages' JavaScript and this platform's binaries.
import { cp } from 'node:fs/promises';
import { join } from 'node:path';

const binaries = join('bin', 'napi-v6', process.platform, process.arch);

/** Of each package, what is needed to run. Its other dependencies serve the install script only. */
const parts = {
  'onnxruntime-common': ['package.json', 'README.md', join('dist', 'cjs')],
  'onnxruntime-node': ['package.json', 'README.md', 'dist', binaries],
  webgpu: ['package.json', 'README.md', 'LICENSE.md', 'index.js', join('dist', `${process.platform}-${process.platform === 'darwin' ? 'universal' : process.arch}`)],
};

/**
 * @param {string} from a node_modules folder
 * @param {string} to another one
 */
export async function copyRuntime(from, to) {
  for (const [name, paths] of Object.entries(parts)) {
    for (const path of paths) {
      await cp(join(from, name, path), join(to, name, path), { recursive: true, filter: (file) => !/\.(map|d\.ts)$/.test(file) });
    }
  }
}
