import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { missingModelFiles, shippedModel } from '../fixtures/shippedModel';
import { openEditor } from '../host/openEditor';
import { completeScene } from './completeScene';
import { copySampleWorkspace } from './sampleWorkspace';
import { typescriptScene } from './scenes';

const root = fileURLToPath(new URL('../../', import.meta.url));
/** The packed extension, when `npm test` has packed it; else the build in this folder. */
const extension = process.env.SPARSEK_TEST_VSIX ?? root;
const pictures = join(root, 'out', 'test', 'ui');

describe('a person in the editor', () => {
  it('sees the model\'s suggestion as ghost text, takes it with Tab and finds it in the saved file', async function () {
    const missing = await missingModelFiles();
    if (missing.length > 0) {
      console.log(`    skipped: the model is not whole, missing ${missing.join(', ')}`);
      this.skip();
    }
    await mkdir(pictures, { recursive: true });
    await using workspace = await copySampleWorkspace();
    await using opened = await openEditor({
      workspace: workspace.path,
      file: join(workspace.path, typescriptScene.file),
      extension,
      settings: { 'sparsek.model.path': shippedModel },
      report: console.log,
    });
    const { editor } = opened;
    const shot = (name: string): Promise<void> => editor.screenshot(join(pictures, `${name}.png`));
    try {
      await editor.opened();
      await editor.extensionReady('sparsek.sparsek-code', 120_000);
      const { ghost, before, after } = await completeScene(editor, workspace.path, typescriptScene);
      assert.ok(after.startsWith(before), 'what was in the file is untouched');
      const firstLine = ghost.text.split('\n')[0]?.trim() ?? '';
      assert.notEqual(firstLine, '', 'the suggestion has text');
      const written = after.slice(before.length);
      assert.ok(written.includes('expensiveItems(inventory: Inventory, priceInCents: number): Item[] {\n'), `what was typed is in the file: ${written}`);
      assert.ok(written.includes(firstLine), `the suggestion "${firstLine}" is in the file: ${written}`);
    } catch (error) {
      await shot('failure');
      throw error;
    }
  });
});
