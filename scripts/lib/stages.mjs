// Runs the parts of `npm test` one after the other and adds up what mocha says of each.
import { root } from './paths.mjs';
import { run } from './run.mjs';

/**
 * @typedef {{ name: string, command: string, args: string[], timeoutSeconds: number }} Stage
 * @typedef {{ passed: number, failed: number, skipped: number }} Counts
 */

const words = /** @type {const} */ ({ passing: 'passed', failing: 'failed', pending: 'skipped' });

/**
 * @param {Stage} stage
 * @returns {Promise<Counts>}
 */
export async function runStage({ command, args, timeoutSeconds }) {
  const counts = { passed: 0, failed: 0, skipped: 0 };
  const code = await run(command, args, {
    cwd: root,
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

/** @param {Counts[]} all */
export function sum(all) {
  return all.reduce((a, b) => ({ passed: a.passed + b.passed, failed: a.failed + b.failed, skipped: a.skipped + b.skipped }));
}

/** @param {Counts} counts */
export function describeCounts({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed, ${skipped} skipped`;
}

/** @param {string} line */
function withoutColours(line) {
  return line.replace(/\u001b\[[0-9;]*m/g, '');
}
