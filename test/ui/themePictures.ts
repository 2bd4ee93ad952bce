import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { shippedModel } from '../fixtures/shippedModel';
import { openEditor } from '../host/openEditor';
import { copySampleWorkspace } from './sampleWorkspace';

const root = fileURLToPath(new URL('../../', import.meta.url));

const themes = {
  light: 'Light Modern',
  dark: 'Dark Modern',
  'high-contrast-dark': 'Dark High Contrast',
  'high-contrast-light': 'Light High Contrast',
};

/** Every surface in every kind of theme, for a person to look at: nothing is compared. */
export async function takeThemePictures(folder: string, report: (line: string) => void): Promise<void> {
  await mkdir(folder, { recursive: true });
  await using workspace = await copySampleWorkspace();
  const file = join(workspace.path, 'src', 'inventory.ts');
  await using opened = await openEditor({ workspace: workspace.path, file, extension: root, settings: { 'sparsek.model.path': shippedModel }, report });
  const { editor } = opened;
  /** @param prepare what has to be done again behind the box in which a theme is chosen */
  const inEachTheme = async (surface: string, prepare: () => Promise<void> = () => Promise.resolve()): Promise<void> => {
    for (const [name, theme] of Object.entries(themes)) {
      await editor.chooseTheme(theme);
      await prepare();
      await delay(1_500);
      await editor.screenshot(join(folder, `${surface}-${name}.png`));
    }
    report(`  ${surface}`);
  };
  await editor.opened();
  await editor.extensionReady('sparsek.sparsek-code', 180_000);
  await editor.goToEnd();
  await editor.type('\nexport function cheapest(inventory: Inventory): Item {\n');
  await inEachTheme('completion', async () => {
    await editor.command('SparseK: Complete Here');
    await editor.ghostText(120_000);
  });
  await editor.press('Escape');
  const panel = await editor.askPanel();
  await panel.ask('How is an item taken off the shelf? Show the code.');
  await panel.hasText();
  await panel.isDone();
  await inEachTheme('ask');
  await inEachTheme('mentions', async () => {
    await panel.question.fill('');
    await panel.question.pressSequentially('What does @');
    await panel.mentions.first().waitFor({ timeout: 30_000 });
  });
  await panel.question.fill('');
  await editor.command('SparseK: Show What the Model Remembers');
  await editor.memoryPanel().row('This file, before the cursor').waitFor({ timeout: 120_000 });
  await inEachTheme('memory');
  await inEachTheme('menu', () => editor.command('SparseK: Show Menu'));
  await editor.press('Escape');
  await inEachTheme('walkthrough', async () => {
    await editor.command('SparseK: Get Started');
    await editor.sees('Get Started with SparseK Code');
  });
  await editor.open('inventory.ts');
  await editor.command('SparseK: Summarize File');
  await editor.markdownPreview();
  await inEachTheme('summary');
}
