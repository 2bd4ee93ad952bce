// All tests, on a fresh clone, by one command. `npm test -- unit ui` runs only the parts that are named.
import { describeCounts, sum } from './lib/counts.mjs';
import { exitOnSignals } from './lib/run.mjs';
import { runStage } from './lib/mocha.mjs';
import { main, step } from './lib/step.mjs';
import { importTypeScript } from './lib/typescript.mjs';
import { packVsix } from './lib/vsix.mjs';
import { setup } from './setup.mjs';

const mocha = 'node_modules/mocha/bin/mocha.js';
const extensionTests = ['--import', 'tsx', 'test/host/extensionTests.ts'];

/** @type {import('./lib/mocha.mjs').Stage[]} */
const stages = [
  { name: 'unit', args: [mocha, 'test/unit/**/*.test.ts'], timeoutSeconds: 600 },
  { name: 'gpu', args: [mocha, '--timeout', '120000', 'test/wgsl/**/*.test.ts'], timeoutSeconds: 900 },
  { name: 'engine', args: [mocha, 'test/engine/**/*.test.ts'], timeoutSeconds: 1200 },
  { name: 'extension', args: [...extensionTests, 'main'], timeoutSeconds: 900 },
  { name: 'restricted', args: [...extensionTests, 'restricted'], timeoutSeconds: 300 },
  { name: 'ui', args: [mocha, '--timeout', '240000', 'test/ui/**/*.test.ts'], timeoutSeconds: 1500 },
];

exitOnSignals();
await main(async () => {
  const wanted = process.argv.slice(2);
  const unknown = wanted.filter((name) => !stages.some((stage) => stage.name === name));
  if (unknown.length > 0) throw new Error(`There are no tests "${unknown.join(' ')}". The parts are: ${stages.map(({ name }) => name).join(', ')}.`);

  await setup();
  const chosen = stages.filter(({ name }) => wanted.length === 0 || wanted.includes(name));
  if (chosen.some(({ name }) => ['extension', 'restricted', 'ui'].includes(name))) await prepareEditor();
  const results = [];
  for (const stage of chosen) {
    const counts = await step(`Tests: ${stage.name}`, async () => runStage({ ...stage, env: await environmentOf(stage.name) }));
    results.push({ name: stage.name, counts });
  }

  console.log('');
  for (const { name, counts } of results) console.log(`  ${name.padEnd(12)} ${describeCounts(counts)}`);
  const total = sum(results.map(({ counts }) => counts));
  if (total.skipped > 0) await sayWhySkipped();
  console.log(describeCounts(total));
  return total.failed === 0 ? 0 : 1;
});

/**
 * The UI test gets what a person installs, the GPU tests a GPU that the processor plays.
 * @param {string} stage
 * @returns {Promise<Record<string, string>>}
 */
async function environmentOf(stage) {
  if (stage === 'ui') return { SPARSEK_TEST_VSIX: (await packVsix(false)).file };
  if (stage !== 'gpu' || process.env.SPARSEK_TEST_GPU === 'real') return {};
  const { softwareGpuEnvironment } = await importTypeScript('test/host/softwareGpu.ts');
  const found = await softwareGpuEnvironment(console.log);
  if (typeof found !== 'string') return found;
  console.log(`  The tests of the GPU kernels are skipped: ${found}.`);
  return {};
}

async function prepareEditor() {
  const { findCodeExecutable } = await importTypeScript('test/host/codeExecutable.ts');
  const { ensureHost } = await importTypeScript('test/host/installation.ts');
  const { ensureBrowser } = await importTypeScript('test/host/browser.ts');
  await step('A real VS Code', async () => {
    const code = await findCodeExecutable();
    console.log(`  ${code.kind}, for ${code.reason}`);
    if (code.kind === 'desktop') return;
    await ensureHost(console.log);
    await ensureBrowser(console.log);
  });
}

async function sayWhySkipped() {
  const { missingModelFiles } = await importTypeScript('test/fixtures/shippedModel.ts');
  const missing = await missingModelFiles();
  if (missing.length > 0) console.log(`  Skipped: what needs the whole model, of which these files are missing: ${missing.join(', ')}`);
}
