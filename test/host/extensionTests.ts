// Runs test/extension in the extension host of a real VS Code. Argument: the suite, `main` or `restricted`.
import { runTests } from '@vscode/test-electron';
import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { exitOnSignals } from '../../scripts/lib/run.mjs';
import { findCodeExecutable, servedCode } from './codeExecutable';
import { bundleExtensionTests } from './extensionTestsBundle';
import { temporaryFolder } from './temporaryFolder';
import { writeUserSettings } from './userSettings';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** What a suite needs of its VS Code. */
const suites = {
  main: {},
  /** An untrusted workspace. Only the served VS Code can be had so: test-electron trusts every one on the desktop. */
  restricted: { 'security.workspace.trust.enabled': true, 'security.workspace.trust.startupPrompt': 'never' },
};

async function runSuite(suite: keyof typeof suites): Promise<void> {
  const bundle = join(root, 'out', 'test', 'extension', 'index.cjs');
  await bundleExtensionTests(join(root, 'test', 'extension', 'run', 'index.ts'), bundle);
  const code = suite === 'main' ? await findCodeExecutable() : servedCode('only it can be had untrusted');
  console.log(`  suite "${suite}" in ${code.kind} VS Code, for ${code.reason}`);

  await using folder = await temporaryFolder('extension-test');
  const workspace = join(folder.path, 'workspace');
  const userData = join(folder.path, 'user-data');
  await cp(join(root, 'test', 'extension', 'workspace'), workspace, { recursive: true });
  await writeUserSettings(userData, suites[suite]);
  await runTests({
    vscodeExecutablePath: code.path,
    extensionDevelopmentPath: root,
    extensionTestsPath: bundle,
    extensionTestsEnv: { SPARSEK_TEST_SUITE: suite },
    launchArgs: [workspace, `--user-data-dir=${userData}`, `--extensions-dir=${join(folder.path, 'extensions')}`],
  });
}

exitOnSignals();
const suite = process.argv[2] ?? 'main';
try {
  if (suite !== 'main' && suite !== 'restricted') throw new Error(`There is no suite "${suite}": main or restricted.`);
  await runSuite(suite);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}
