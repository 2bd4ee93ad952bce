import { runTests } from '@vscode/test-electron';
import { build } from 'esbuild';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { exitOnSignals } from '../../scripts/lib/run.mjs';
import { findCodeExecutable } from './codeExecutable';
import { writeUserSettings } from './userSettings';

const root = fileURLToPath(new URL('../../', import.meta.url));
const bundle = join(root, 'out', 'test', 'extension', 'index.cjs');

/** Bundles test/extension and runs it in the extension host of a real VS Code, on a copy of the sample workspace. */
async function runExtensionTests(): Promise<void> {
  await build({
    entryPoints: [join(root, 'test', 'extension', 'run', 'index.ts')],
    outfile: bundle,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    sourcemap: 'inline',
    // `vscode` is the editor's; mocha finds its own files at run time.
    external: ['vscode', 'mocha'],
    logLevel: 'warning',
  });
  const code = await findCodeExecutable();
  console.log(`  in ${code.kind} VS Code, for ${code.reason}`);
  const folder = await mkdtemp(join(tmpdir(), 'sparsek-extension-test-'));
  try {
    const workspace = join(folder, 'workspace');
    const userData = join(folder, 'user-data');
    await cp(join(root, 'test', 'fixtures', 'workspaces', 'demo'), workspace, { recursive: true });
    await writeUserSettings(userData);
    await runTests({
      vscodeExecutablePath: code.path,
      extensionDevelopmentPath: root,
      extensionTestsPath: bundle,
      launchArgs: [workspace, `--user-data-dir=${userData}`, `--extensions-dir=${join(folder, 'extensions')}`],
    });
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }
}

exitOnSignals();
await runExtensionTests().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
});
