// Everything that the demo, the tests and a person's first start need. Each part is left alone when it is there.
import { pathToFileURL } from 'node:url';
import { dependenciesAreInstalled } from './lib/dependencies.mjs';
import { root } from './lib/paths.mjs';
import { exitOnSignals, run } from './lib/run.mjs';
import { main, step } from './lib/step.mjs';

const oldestNode = [20, 19];

/** Packages and build: what every command needs. Uses nothing but Node itself. */
export async function setup() {
  requireNode();
  if (!dependenciesAreInstalled()) {
    await step('Installing packages (npm ci)', () => succeed('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error']));
  }
  await step('Building', () => succeed(process.execPath, ['esbuild.mjs']));
}

/**
 * @param {string} command
 * @param {string[]} args
 */
async function succeed(command, args) {
  const code = await run(command, args, { cwd: root, timeoutSeconds: 600 });
  if (code !== 0) throw new Error(`"${command} ${args.join(' ')}" ended with ${code}. What it wrote above says why.`);
}

function requireNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  const [wantedMajor, wantedMinor] = oldestNode;
  if (major > wantedMajor || (major === wantedMajor && minor >= wantedMinor)) return;
  throw new Error(`This needs Node ${oldestNode.join('.')} or newer and runs on ${process.versions.node}. Install a newer Node and run it again.`);
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  exitOnSignals();
  await main(async () => {
    await setup();
    return 0;
  });
}
