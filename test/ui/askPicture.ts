import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { shippedModel } from '../fixtures/shippedModel';
import { openEditor } from '../host/openEditor';
import { copySampleWorkspace } from './sampleWorkspace';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** The real model answers a question about the sample workspace; the test of the panel has files in it that no picture should show. */
export async function takeAskPicture(path: string, report: (line: string) => void): Promise<void> {
  await using workspace = await copySampleWorkspace();
  const file = join(workspace.path, 'src', 'main.ts');
  await using opened = await openEditor({ workspace: workspace.path, file, extension: root, settings: { 'sparsek.model.path': shippedModel }, report });
  const { editor } = opened;
  await editor.opened();
  const panel = await editor.askPanel();
  await panel.ask('How is an item taken off the shelf?');
  await panel.hasText();
  await panel.isDone();
  await panel.sources.filter({ hasText: 'src/inventory.ts' }).first().click();
  await editor.activeTab('inventory.ts');
  await editor.screenshot(path);
}
