import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { packModel } from '../../scripts/lib/modelPack.mjs';
import { packVsix } from '../../scripts/lib/vsix.mjs';
import { missingModelFiles } from '../fixtures/shippedModel';
import { openEditor } from '../host/openEditor';
import { completeScene } from './completeScene';
import { extensionLog } from './figures';
import { copySampleWorkspace } from './sampleWorkspace';
import { typescriptScene } from './scenes';

const root = fileURLToPath(new URL('../../', import.meta.url));
const pictures = join(root, 'out', 'test', 'ui');

describe('a person who has installed the packed extension and got the model pack beside it', function () {
  this.timeout(420_000);

  it('is told that the model is missing, imports its folder, and sees a completion', async function () {
    const missing = await missingModelFiles();
    if (missing.length > 0) {
      console.log(`    skipped: the model is not whole, missing ${missing.join(', ')}`);
      this.skip();
    }
    await mkdir(pictures, { recursive: true });
    const { folder } = await packModel();
    const extension = process.env.SPARSEK_TEST_VSIX ?? (await packVsix(false)).file;
    await using workspace = await copySampleWorkspace();
    await using opened = await openEditor({ workspace: workspace.path, file: join(workspace.path, typescriptScene.file), extension, report: console.log });
    const { editor, userData } = opened;
    try {
      await editor.opened();
      await editor.notification(/There is no model: .*Import the model pack/);
      await editor.command('SparseK: Import Model…');
      await editor.chooseFolder(folder, 'Import');
      await editor.notification(/Qwen2\.5-Coder.* was imported \(3\d\d MB, every checksum is right\)/);
      await editor.screenshot(join(pictures, 'imported.png'));
      await editor.extensionReady('sparsek.sparsek-code', 120_000);
      const { ghost } = await completeScene(editor, workspace.path, typescriptScene);
      assert.notEqual(ghost.text.trim(), '');
      assert.match(await extensionLog(userData), /shipped with the extension/, 'the Node in the package runs the engine');
    } catch (error) {
      await editor.screenshot(join(pictures, 'import-failure.png'));
      throw error;
    }
  });
});
