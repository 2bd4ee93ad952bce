// The Python tests of the model's training code, in a virtual environment of their own. Needs Python 3.11 or newer.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { inRoot } from './lib/paths.mjs';
import { exitOnSignals, run } from './lib/run.mjs';
import { main, step } from './lib/step.mjs';

const folder = inRoot('models', 'training');
const requirements = join(folder, 'requirements.txt');

exitOnSignals();
await main(async () => {
  const environment = environmentFolder();
  const python = join(environment, process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python');
  // Written last: an installation that was interrupted is started over.
  const complete = join(environment, 'complete');
  if (!existsSync(complete)) {
    await step('Installing the Python packages', async () => {
      await rm(environment, { recursive: true, force: true });
      await succeed('python3', ['-m', 'venv', environment], 'On Debian: apt-get install python3-venv.');
      await succeed(python, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '-r', requirements], 'Check the network.');
      await writeFile(complete, '');
    });
  }
  return step('Python tests', () => run(python, ['-m', 'pytest', '-q', ...process.argv.slice(2)], { cwd: folder, timeoutSeconds: 720 }));
});

/** Outside the repository, so that fresh clones share it; other requirements, another folder. */
function environmentFolder() {
  const cache = process.env.SPARSEK_TEST_CACHE ?? join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'sparsek-code');
  return join(cache, `training-${createHash('sha256').update(readFileSync(requirements)).digest('hex').slice(0, 12)}`);
}

/**
 * @param {string} command
 * @param {string[]} args
 * @param {string} advice
 */
async function succeed(command, args, advice) {
  const code = await run(command, args, { timeoutSeconds: 600, env: { PYTHONPATH: undefined } });
  if (code !== 0) throw new Error(`"${command} ${args.join(' ')}" ended with ${code}. ${advice}`);
}
