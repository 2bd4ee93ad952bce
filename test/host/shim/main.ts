// Stands in for VS Code's `code` program, so that @vscode/test-electron's runTests({ vscodeExecutablePath }) works
// unchanged: serves VS Code, opens it in a headless browser, runs --extensionTestsPath in the real extension host,
// prints its console and ends with its exit code.
import { setTimeout as delay } from 'node:timers/promises';
import { exitOnSignals } from '../../../scripts/lib/run.mjs';
import { addressOf } from '../address';
import { ensureBrowser, launchBrowser, viewport } from '../browser';
import { ensureHost } from '../installation';
import { startServer } from '../server';
import { parseCommandLine, type CommandLine } from './commandLine';
import { printConsoleLine } from './console';

const limitSeconds = Number(process.env.SPARSEK_TEST_TIMEOUT_SECONDS ?? 780);

async function runTests(line: CommandLine): Promise<number> {
  const report = (text: string): void => console.log(text);
  const host = await ensureHost(report);
  const executable = await ensureBrowser(report);
  await using server = await startServer(host, {
    userData: line.userData,
    extensions: line.extensions,
    // test-electron always passes --disable-workspace-trust, so Restricted Mode is asked for beside the command line.
    restricted: process.env.SPARSEK_TEST_SUITE === 'restricted',
    // The switch through which a page hands the tests' console and exit code to its driver; the oldest has no such need.
    arguments: host.version === 'oldest' ? [] : ['--vscode-option', 'enable-smoke-test-driver'],
  });
  const browser = await launchBrowser(executable);
  try {
    const page = await browser.newPage({ viewport });
    const code = new Promise<number>((resolve, reject) => {
      browser.on('disconnected', () => reject(new Error('The browser ended during the tests.')));
      page.on('crash', () => reject(new Error('The page crashed during the tests.')));
      void page.exposeFunction('codeAutomationLog', printConsoleLine);
      void page.exposeFunction('codeAutomationExit', resolve);
    });
    const late = delay(limitSeconds * 1000, undefined, { ref: false }).then(async () => {
      throw new Error(`The tests did not end within ${limitSeconds} s. The server's log:\n${await server.log()}`);
    });
    await page.goto(addressOf(server.authority, line));
    return await Promise.race([code, late]);
  } finally {
    await browser.close();
  }
}

/** A runner that is killed cannot say so: without this its VS Code would live on. */
function exitWithParent(): void {
  const parent = process.ppid;
  setInterval(() => process.ppid === parent || process.exit(1), 1_000).unref();
}

exitOnSignals();
exitWithParent();
const line = parseCommandLine(process.argv.slice(2));
if (line.version) console.log('served VS Code, standing in for code');
else {
  process.exitCode = await runTests(line).catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    return 1;
  });
  process.exit();
}
