import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { run } from '../../scripts/lib/run.mjs';

/** Where a program is found on the PATH. */
export function findProgram(name: string): string | undefined {
  return (process.env.PATH ?? '')
    .split(delimiter)
    .map((folder) => join(folder, name))
    .find(isExecutable);
}

/**
 * Makes sure that programs are there: root on Debian gets the missing ones from Debian, anyone else a message. Each
 * program's package has its name.
 */
export async function requirePrograms(names: readonly string[], report: (line: string) => void): Promise<void> {
  const missing = names.filter((name) => findProgram(name) === undefined);
  if (missing.length === 0) return;
  const command = `apt-get install -y --no-install-recommends ${missing.join(' ')}`;
  if (!existsSync('/etc/debian_version') || process.getuid?.() !== 0) {
    throw new Error(`Missing: ${missing.join(', ')}. Install ${missing.length > 1 ? 'them' : 'it'} and run again (on Debian, as root: ${command}).`);
  }
  report(`  installing ${missing.join(', ')} from Debian`);
  const code = await run('sh', ['-c', `apt-get update -qq && ${command} -qq`], {
    timeoutSeconds: 600,
    env: { DEBIAN_FRONTEND: 'noninteractive' },
  });
  const still = missing.filter((name) => findProgram(name) === undefined);
  if (code !== 0 || still.length > 0) throw new Error(`"${command}" ended with ${code}; still missing: ${still.join(', ')}. Install them by hand and run again.`);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
