// Runs test/extension in the extension host of a real VS Code. Argument: the suite, `main`, `restricted` or `oldest`.
import { runTests } from '@vscode/test-electron';
import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { exitOnSignals } from '../../scripts/lib/run.mjs';
import { findCodeExecutable, servedCode, type CodeExecutable } from './codeExecutable';
import { bundleExtensionTests } from './extensionTestsBundle';
import { temporaryFolder } from './temporaryFolder';
import { writeUserSettings } from './userSettings';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** What a suite needs of its VS Code. */
const suites = {
  main: {},
  /** An untrusted workspace. Only the served VS Code can be had so: test-electron trusts every one on the desktop. */
  restricted: { 'security.workspace.trust.enabled': true, 'security.workspace.trust.startupPrompt': 'never' },
  /** The main tests in the oldest VS Code that is supported. */
  oldest: {},
};

type Suite = keyof typeof suites;

async function runSuite(suite: Suite): Promise<void> {
  const bundle = join(root, 'out', 'test', 'extension', 'index.cjs');
  await bundleExtensionTests(join(root, 'test', 'extension', 'run', 'index.ts'), bundle);
  const code = await codeFor(suite);
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

async function codeFor(suite: Suite): Promise<CodeExecutable> {
  switch (suite) {
    case 'main':
      return findCodeExecutable();
    case 'restricted':
      return servedCode('only it can be had untrusted');
    case 'oldest':
      // The program behind the command line is started with this process's environment.
      process.env.SPARSEK_TEST_HOST = 'oldest';
      return servedCode('only it can be had as old');
  }
}

function isSuite(name: string): name is Suite {
  return name in suites;
}

exitOnSignals();
const suite = process.argv[2] ?? 'main';
try {
  if (!isSuite(suite)) throw new Error(`There is no suite "${suite}": ${Object.keys(suites).join(', ')}.`);
  await runSuite(suite);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}
