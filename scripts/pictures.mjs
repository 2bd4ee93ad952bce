// Takes the pictures of README and walkthrough anew: those that the UI tests leave, of the real model in a real VS Code.
// `npm run pictures -- themes` instead leaves every surface in light, dark and both high-contrast themes in out/themes.
import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { inRoot, out } from './lib/paths.mjs';
import { exitOnSignals } from './lib/run.mjs';
import { runStage } from './lib/mocha.mjs';
import { main, step } from './lib/step.mjs';
import { importTypeScript } from './lib/typescript.mjs';
import { setup } from './setup.mjs';

/** The tests that take them. */
const pictures = { 'summarize.png': 'summarize', 'memory.png': 'memoryView', 'menu.png': 'memoryView' };

exitOnSignals();
await main(async () => {
  await setup();
  if (process.argv.includes('themes')) {
    const { takeThemePictures } = await importTypeScript('test/ui/themePictures.ts');
    await step('Pictures in four themes, to out/themes', () => takeThemePictures(join(out, 'themes'), console.log));
    return 0;
  }
  const tests = [...new Set(Object.values(pictures))].map((name) => `test/ui/${name}.test.ts`);
  const { failed } = await step('Pictures', () => runStage({ name: 'pictures', args: ['node_modules/mocha/bin/mocha.js', '--timeout', '240000', ...tests], timeoutSeconds: 900 }));
  if (failed > 0) return 1;
  for (const picture of Object.keys(pictures)) {
    await copyFile(join(out, 'test', 'ui', picture), inRoot('media', 'screenshots', picture));
    console.log(`  media/screenshots/${picture}`);
  }
  const { takeAskPicture } = await importTypeScript('test/ui/askPicture.ts');
  await step('Picture of an answer', () => takeAskPicture(inRoot('media', 'screenshots', 'ask.png'), console.log));
  return 0;
});
