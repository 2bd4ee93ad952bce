// The real model completing real code in a real VS Code, on a fresh clone, by one command.
import { exitOnSignals } from './lib/run.mjs';
import { main, step } from './lib/step.mjs';
import { importTypeScript } from './lib/typescript.mjs';
import { setup } from './setup.mjs';

exitOnSignals();
await main(async () => {
  await setup();
  const { runDemo } = await importTypeScript('test/ui/demo.ts');
  await step('Demo', () => runDemo(console.log));
  return 0;
});
