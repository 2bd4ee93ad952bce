// Builds what a person installs on this platform: the .vsix (extension, engine, a plain Node, inference runtime) and, beside
// it, the model pack, which "SparseK: Import Model…" takes. `npm run package -- --with-model` puts the model into the .vsix.
import { exitOnSignals } from './lib/run.mjs';
import { packModel } from './lib/modelPack.mjs';
import { main, step } from './lib/step.mjs';
import { packVsix } from './lib/vsix.mjs';
import { setup } from './setup.mjs';

exitOnSignals();
await main(async () => {
  const withModel = process.argv.includes('--with-model');
  await setup();
  // First: a model that is not whole is said before anything is packed.
  const pack = await step('The model pack', packModel);
  const vsix = await step('Packing the .vsix', () => packVsix(withModel));
  console.log(`\n${vsix.file}\n  ${megabytes(vsix.bytes)}, ${vsix.node === undefined ? 'without a Node.js (none for this platform is in the registry): one is looked for on the machine' : `with Node.js ${vsix.node}`}`);
  console.log(`${pack.folder}\n  ${megabytes(pack.bytes)} in ${pack.files} files, with SHA256SUMS; "SparseK: Import Model…" takes this folder`);
  return 0;
});

/** @param {number} bytes */
function megabytes(bytes) {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
