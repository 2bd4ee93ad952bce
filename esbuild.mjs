// Bundles the three programs: the extension (editor side), the engine (its own process) and the command line.
import { build, context } from 'esbuild';
import { copyFile, cp, mkdir, readFile, writeFile } from 'node:fs/promises';

const watch = process.argv.includes('--watch');

const common = {
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  sourcemap: true,
  outdir: 'dist',
  outExtension: { '.js': '.cjs' },
  logLevel: 'info',
  // Packages that are written as ES modules ask where they are.
  define: { 'import.meta.url': 'bundledModuleUrl' },
  banner: { js: 'const bundledModuleUrl = require("node:url").pathToFileURL(__filename).href;' },
  // Native, and loaded from node_modules beside the bundle.
  external: ['vscode', 'onnxruntime-node', 'webgpu'],
};

const programs = {
  ...common,
  entryPoints: { extension: 'src/extension.ts', engine: 'src/engine/main.ts', cli: 'src/cli/main.ts', probe: 'src/engine/runtime/wgsl/probe.ts' },
};

/** What runs in the editor's pages: one script and one style sheet each. */
const pages = {
  bundle: true,
  platform: 'browser',
  target: 'es2022',
  format: 'iife',
  minify: true,
  outdir: 'dist/webview',
  logLevel: 'info',
  entryPoints: { ask: 'src/webview/ask/main.ts', askStyle: 'src/webview/ask/ask.css' },
};

await mkdir('dist', { recursive: true });
await copyFile('node_modules/tiktoken/lite/tiktoken_bg.wasm', 'dist/tiktoken_bg.wasm');
// The parser and its grammars; the programs look for them beside themselves.
await cp('node_modules/@vscode/tree-sitter-wasm/wasm', 'dist/grammars', { recursive: true, filter: (path) => !/\.(js|ts)$/.test(path) });
await writeFile('dist/modelPack.json', JSON.stringify(await expectedPack()));
for (const options of [programs, pages]) {
  if (watch) await (await context(options)).watch();
  else await build(options);
}

/** What the extension compares an imported model pack with. Nothing, where the model is missing. */
async function expectedPack() {
  const manifest = await readFile('models/qwen2.5-coder-0.5b/manifest.json', 'utf8').catch(() => '{}');
  const { name, packVersion } = JSON.parse(manifest);
  return { name, packVersion };
}
