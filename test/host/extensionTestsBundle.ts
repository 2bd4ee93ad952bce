import { build } from 'esbuild';

/** Bundles the tests that run inside VS Code, with the settings of esbuild.mjs. */
export async function bundleExtensionTests(entry: string, bundle: string): Promise<void> {
  await build({
    entryPoints: [entry],
    outfile: bundle,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    sourcemap: true,
    define: { 'import.meta.url': 'bundledModuleUrl' },
    banner: { js: 'const bundledModuleUrl = require("node:url").pathToFileURL(__filename).href;' },
    // `vscode` is the editor's, and mocha finds its own files at run time.
    external: ['vscode', 'mocha'],
    logLevel: 'warning',
  });
}
