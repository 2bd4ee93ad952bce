// Builds the .vsix for this platform: `npm run package`, or `npm run package -- --with-model` for one that brings the
// model along.
import { cp, mkdir, rm } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { join, relative } from 'node:path';
import { inRoot, out, root } from './lib/paths.mjs';
import { exitOnSignals, run } from './lib/run.mjs';
import { copyRuntime } from './lib/runtime.mjs';
import { main, step } from './lib/step.mjs';
import { importTypeScript } from './lib/typescript.mjs';
import { setup } from './setup.mjs';

const target = `${process.platform}-${process.arch}`;
const staging = join(out, 'package');
const model = 'models/qwen2.5-coder-0.5b';

/** All that goes in, besides the inference runtime. */
const contents = ['package.json', 'README.md', 'CHANGELOG.md', 'LICENSE', 'media', 'dist'];

exitOnSignals();
await main(async () => {
  const withModel = process.argv.includes('--with-model');
  await setup();
  if (withModel) await requireWholeModel();
  await step(`Collecting what goes into the .vsix for ${target}`, () => collect(withModel ? [...contents, model] : contents));
  const file = join(out, `sparsek-code-${target}${withModel ? '-with-model' : ''}.vsix`);
  await step(`Packing ${relative(root, file)}`, () => pack(file));
  return 0;
});

/** @param {string[]} paths */
async function collect(paths) {
  await rm(staging, { recursive: true, force: true });
  for (const path of paths) await cp(inRoot(path), join(staging, path), { recursive: true, filter: isShipped });
  await copyRuntime(inRoot('node_modules'), join(staging, 'dist', 'node_modules'));
}

/** @param {string} path */
function isShipped(path) {
  return !path.endsWith('.map');
}

/** @param {string} file */
async function pack(file) {
  await rm(file, { force: true });
  await mkdir(out, { recursive: true });
  const args = ['package', '--no-dependencies', '--allow-missing-repository', '--no-rewrite-relative-links', '--target', target, '--out', file];
  const code = await run(process.execPath, [inRoot('node_modules', '@vscode', 'vsce', 'vsce'), ...args], { cwd: staging, timeoutSeconds: 300 });
  if (code !== 0 || !existsSync(file)) throw new Error(`vsce ended with ${code}. What it wrote above says why.`);
}

async function requireWholeModel() {
  const { missingModelFiles } = await importTypeScript('test/fixtures/shippedModel.ts');
  const missing = await missingModelFiles();
  if (missing.length > 0) throw new Error(`The model cannot be packed, for it is not whole. Missing: ${missing.join(', ')}.`);
}
