// Runs one part of `npm test` and counts what mocha says at its end.
import { root } from './paths.mjs';
import { run } from './run.mjs';

/** @typedef {{ name: string, args: string[], timeoutSeconds: number, env?: Record<string, string> }} Stage `args` are Node's. */

const words = /** @type {const} */ ({ passing: 'passed', failing: 'failed', pending: 'skipped' });

/**
 * @param {Stage} stage
 * @returns {Promise<import('./counts.mjs').Counts>}
 */
export async function runStage({ args, timeoutSeconds, env }) {
  const counts = { passed: 0, failed: 0, skipped: 0 };
  const code = await run(process.execPath, args, {
    cwd: root,
    env,
    timeoutSeconds,
    onLine: (line) => {
      // The end of mocha's report: "  12 passing (3s)".
      const found = /^\s*(\d+) (passing|failing|pending)\b/.exec(withoutColours(line));
      if (found) counts[words[found[2]]] += Number(found[1]);
    },
  });
  // A run that broke off, or ran nothing at all, has failed whatever it counted.
  const ranNothing = counts.passed + counts.failed + counts.skipped === 0;
  if ((code !== 0 || ranNothing) && counts.failed === 0) counts.failed = 1;
  return counts;
}

/** @param {string} line */
function withoutColours(line) {
  return line.replace(/\u001b\[[0-9;]*m/g, '');
}
