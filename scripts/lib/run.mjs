// Runs one command with a time limit, and ends it together with everything it started however this process ends.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { guard } from './guard.mjs';

const graceMilliseconds = 5_000;

/** Makes Ctrl+C and a polite kill an ordinary exit, for a script that has nothing to say about them. */
export function exitOnSignals() {
  for (const [signal, number] of /** @type {const} */ ([['SIGHUP', 1], ['SIGINT', 2], ['SIGTERM', 15]])) {
    process.on(signal, () => process.exit(128 + number));
  }
}

/**
 * Ends a process that leads its own group, and the group with it.
 * @param {import('node:child_process').ChildProcess} child
 * @param {NodeJS.Signals} signal
 */
export function endGroup(child, signal) {
  if (child.pid === undefined) return;
  try {
    if (process.platform === 'win32') child.kill(signal);
    else process.kill(-child.pid, signal);
  } catch {
    // The group has ended already.
  }
}

/**
 * Runs a command to its end. Its output goes to ours, line by line when `onLine` wants to read along.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {import('./run.mjs').RunOptions} options
 * @returns {Promise<number>} its exit code; 124 when it ran out of time, 127 when it could not be started
 */
export function run(command, args, options) {
  const { cwd, env, timeoutSeconds, onLine, quiet = false } = options;
  const child = spawn(command, args, {
    cwd,
    env: { ...process.env, ...env },
    detached: process.platform !== 'win32',
    // npm is a .cmd file on Windows, which only a shell can start.
    shell: process.platform === 'win32' && command === 'npm',
    stdio: ['ignore', onLine || quiet ? 'pipe' : 'inherit', onLine || quiet ? 'pipe' : 'inherit'],
  });
  for (const [from, to] of /** @type {const} */ ([[child.stdout, process.stdout], [child.stderr, process.stderr]])) {
    if (!from) continue;
    createInterface({ input: from }).on('line', (line) => {
      if (!quiet) to.write(`${line}\n`);
      onLine?.(line);
    });
  }
  return new Promise((resolve) => {
    let timedOut = false;
    const release = guard(child);
    const timer = setTimeout(() => {
      timedOut = true;
      process.stderr.write(`${command}: no end after ${timeoutSeconds} s, stopping it\n`);
      endGroup(child, 'SIGTERM');
      setTimeout(() => endGroup(child, 'SIGKILL'), graceMilliseconds).unref();
    }, timeoutSeconds * 1000);
    /** @param {number} code */
    const settle = (code) => {
      clearTimeout(timer);
      release();
      resolve(timedOut ? 124 : code);
    };
    child.on('error', (error) => {
      process.stderr.write(`${command} could not be started: ${error.message}\n`);
      settle(127);
    });
    child.on('close', (code) => settle(code ?? 1));
  });
}
