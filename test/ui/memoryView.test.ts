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

/** Longer than what is kept around the cursor, so that there is something to remember. */
async function longFile(workspace: string): Promise<string> {
  const inventory = await readFile(join(workspace, 'src', 'inventory.ts'), 'utf8');
  const shelves = ['Fruit', 'Bread', 'Dairy', 'Frozen', 'Sweets'];
  return shelves.map((shelf) => inventory.replace(/^import .*\n/gm, '').replaceAll('Inventory', `${shelf}Shelf`)).join('\n');
}

describe('a person who wants to see what the model remembers', function () {
  // All of the file is read in pauses before anything of it is in the memory.
  this.timeout(600_000);
  let workspace: Awaited<ReturnType<typeof copySampleWorkspace>>;
  let model: Awaited<ReturnType<typeof answeringModel>>;
  let opened: OpenEditor;
  before(async () => {
    await mkdir(pictures, { recursive: true });
    workspace = await copySampleWorkspace();
    const file = join(workspace.path, 'src', 'shelves.ts');
    await writeFile(file, `import type { Item } from './item';\n\n${await longFile(workspace.path)}`);
    model = await answeringModel();
    opened = await openEditor({ workspace: workspace.path, file, extension, settings: { 'sparsek.model.path': model.path }, report: console.log });
    await opened.editor.opened();
    await opened.editor.extensionReady('sparsek.sparsek-code', 180_000);
  });
  after(async () => {
    await opened[Symbol.asyncDispose]();
    await model[Symbol.asyncDispose]();
    await workspace[Symbol.asyncDispose]();
  });
  afterEach(async function () {
    if (this.currentTest?.state === 'failed') await opened.editor.screenshot(join(pictures, `memory-failure-${this.currentTest.title.slice(0, 30)}.png`));
  });

  it('sees shaded lines, numbers where the mouse points, and a list of what is in the memory', async () => {
    const { editor } = opened;
    await editor.goToEnd();
    await editor.type('\nexport function cheapest(shelf: FruitShelf): Item {\n');
    // Remembering begins with the first completion, and the command's own box would end the pause that asks for one.
    await editor.ghostText(120_000);
    await editor.command('SparseK: Show What the Model Remembers');
    const panel = editor.memoryPanel();
    await panel.row('This file, before the cursor').waitFor({ timeout: 120_000 });
    await panel.row('src/item.ts').waitFor({ timeout: 400_000 });
    assert.ok(await panel.shades.count() > 0);
    await editor.press('Escape');
    for (let page = 0; page < 3; page++) await editor.press('PageUp');
    assert.match(await panel.hover(), /(remembers|has all of) .*this line/s);
    await editor.screenshot(join(pictures, 'memory.png'));
  });

  it('finds it behind the status item', async () => {
    const { editor } = opened;
    await editor.command('SparseK: Show Menu');
    await editor.menuEntry('Hide what the model remembers');
    await editor.screenshot(join(pictures, 'menu.png'));
    await editor.press('Escape');
  });

  it('sees nothing of it once it is hidden', async () => {
    const { editor } = opened;
    await editor.command('SparseK: Hide What the Model Remembers');
    const panel = editor.memoryPanel();
    await panel.row('This file, before the cursor').waitFor({ state: 'detached', timeout: 30_000 });
    await panel.shades.first().waitFor({ state: 'detached', timeout: 30_000 });
  });
});
