import assert from 'node:assert/strict';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openEditor } from '../host/openEditor';
import type { OpenEditor } from '../host/servedEditor';
import { answeringModel } from './answeringModel';
import { copySampleWorkspace } from './sampleWorkspace';

const root = fileURLToPath(new URL('../../', import.meta.url));
/** The packed extension, when `npm test` has packed it; else the build in this folder. */
const extension = process.env.SPARSEK_TEST_VSIX ?? root;
const pictures = join(root, 'out', 'test', 'ui');

describe('a person who has a file summarized', function () {
  this.timeout(300_000);
  let workspace: Awaited<ReturnType<typeof copySampleWorkspace>>;
  let model: Awaited<ReturnType<typeof answeringModel>>;
  let opened: OpenEditor;
  before(async () => {
    await mkdir(pictures, { recursive: true });
    workspace = await copySampleWorkspace();
    const lines = Array.from({ length: 5000 }, (_, i) => `export const value${i} = compute(${i}, "some text", [${i}, ${i + 1}]);`);
    await writeFile(join(workspace.path, 'src', 'long.ts'), lines.join('\n'));
    model = await answeringModel();
    const file = join(workspace.path, 'src', 'inventory.ts');
    opened = await openEditor({ workspace: workspace.path, file, extension, settings: { 'sparsek.model.path': model.path }, report: console.log });
    await opened.editor.opened();
  });
  after(async () => {
    await opened[Symbol.asyncDispose]();
    await model[Symbol.asyncDispose]();
    await workspace[Symbol.asyncDispose]();
  });
  afterEach(async function () {
    if (this.currentTest?.state === 'failed') await opened.editor.screenshot(join(pictures, `summarize-failure-${this.currentTest.title.slice(0, 30)}.png`));
  });

  it('sees a preview whose names lead to the code', async () => {
    await opened.editor.command('SparseK: Summarize File');
    const preview = await opened.editor.markdownPreview();
    await preview.getByRole('heading', { name: 'Main parts' }).waitFor({ timeout: 120_000 });
    await opened.editor.screenshot(join(pictures, 'summarize.png'));
    const link = preview.locator('a', { hasText: 'Inventory' }).first();
    const line = Number(/#L(\d+)$/.exec(await link.getAttribute('data-href') ?? await link.getAttribute('href') ?? '')?.[1]);
    const lines = (await readFile(join(workspace.path, 'src', 'inventory.ts'), 'utf8')).split('\n');
    assert.match(lines[line - 1], /class Inventory/);
  });

  it('sees how far a long file is read, and cancels', async () => {
    await opened.editor.open('long.ts');
    await opened.editor.command('SparseK: Summarize File');
    await opened.editor.notification(/Summarizing src\/long\.ts.*reading: \d+ %/s);
    await opened.editor.cancelNotification();
    await opened.editor.noNotification(/Summarizing/, 60_000);
  });
});
