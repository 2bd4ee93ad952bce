// Builds the .vsix for this platform: `npm run package`, or `npm run package -- --with-model` for one that brings the
// model along.
import { exitOnSignals } from './lib/run.mjs';
import { main, step } from './lib/step.mjs';
import { importTypeScript } from './lib/typescript.mjs';
import { packVsix } from './lib/vsix.mjs';
import { setup } from './setup.mjs';

exitOnSignals();
await main(async () => {
  const withModel = process.argv.includes('--with-model');
  await setup();
  if (withModel) await requireWholeModel();
  console.log(await step('Packing the .vsix', () => packVsix(withModel)));
  return 0;
});

async function requireWholeModel() {
  const { missingModelFiles } = await importTypeScript('test/fixtures/shippedModel.ts');
  const missing = await missingModelFiles();
  if (missing.length > 0) throw new Error(`The model cannot be packed, for it is not whole. Missing: ${missing.join(', ')}.`);
}
