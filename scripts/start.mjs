// Leaves a person in a VS Code that has the extension. `npm start -- FOLDER` opens a folder of theirs.
import { exitOnSignals } from './lib/run.mjs';
import { main } from './lib/step.mjs';
import { importTypeScript } from './lib/typescript.mjs';
import { setup } from './setup.mjs';

exitOnSignals();
await main(async () => {
  await setup();
  const { start } = await importTypeScript('test/host/start.ts');
  return start(process.argv[2], console.log);
});
