// Ends a process group when this process ends, whatever way it ends: a shell waits on a pipe that only we hold open.
import { spawn } from 'node:child_process';

const script = `
read -r released && exit
kill -TERM -"$1"
for second in 1 2 3 4 5; do kill -0 -"$1" || break; sleep 1; done
kill -KILL -"$1"
[ -z "$2" ] || rm -rf "$2"
`;

/**
 * @param {import('node:child_process').ChildProcess} child leads its own group, except on Windows
 * @param {string} [folder] a temporary folder of the child's, removed after it
 * @returns {() => void} to be called when the child has ended as it should
 */
export function guard(child, folder = '') {
  if (child.pid === undefined) return () => {};
  if (process.platform === 'win32') return guardOnExit(child);
  const shell = spawn('sh', ['-c', script, 'sh', String(child.pid), folder], { detached: true, stdio: ['pipe', 'ignore', 'ignore'] });
  // The guard itself keeps nobody waiting.
  shell.unref();
  /** @type {import('node:net').Socket} */ (shell.stdin).unref();
  shell.stdin.on('error', () => {});
  return () => shell.stdin.end('released\n');
}

/** @param {import('node:child_process').ChildProcess} child */
function guardOnExit(child) {
  const end = () => child.kill();
  process.once('exit', end);
  return () => process.removeListener('exit', end);
}
