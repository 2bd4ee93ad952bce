// What .ci/run runs: setup, lint, types, the training code's tests and all of `npm test`, one after the other, whatever
// fails; then the sum.
import { describeCounts, sum } from './lib/counts.mjs';
import { root } from './lib/paths.mjs';
import { exitOnSignals, run } from './lib/run.mjs';
import { main, step } from './lib/step.mjs';
import { setup } from './setup.mjs';

/** The last line of `npm test`, and of pytest: "1 failed, 35 passed, 2 skipped in 31.22s". */
const summary = /^(?=.*\b(?:passed|failed)\b)(?:\d+ (?:passed|failed|skipped|warnings?)(?:, )?)+(?: in [\d.]+s.*)?$/;

const parts = [
  { name: 'lint', script: 'lint', tests: false, timeoutSeconds: 600 },
  { name: 'types', script: 'typecheck', tests: false, timeoutSeconds: 600 },
  { name: 'training', script: 'test:training', tests: true, timeoutSeconds: 900 },
  { name: 'tests', script: 'test', tests: true, timeoutSeconds: 3000 },
];

exitOnSignals();
await main(async () => {
  await setup();
  const results = [];
  for (const part of parts) results.push({ name: part.name, counts: await step(part.name, () => runPart(part)) });
  console.log('');
  for (const { name, counts } of results) console.log(`  ${name.padEnd(12)} ${describeCounts(counts)}`);
  const total = sum(results.map(({ counts }) => counts));
  console.log(describeCounts(total));
  return total.failed === 0 ? 0 : 1;
});

/** @param {typeof parts[number]} part */
async function runPart({ script, tests, timeoutSeconds }) {
  let last = '';
  const code = await run('npm', ['run', '--silent', script], {
    cwd: root,
    timeoutSeconds,
    onLine: (line) => {
      if (summary.test(line)) last = line;
    },
  });
  /** @param {string} word */
  const count = (word) => (tests ? Number(new RegExp(`(\\d+) ${word}`).exec(last)?.[1] ?? 0) : 0);
  const failed = count('failed');
  // A part that broke off without a report has failed all the same.
  return { passed: count('passed'), failed: code !== 0 && failed === 0 ? 1 : failed, skipped: count('skipped') };
}
