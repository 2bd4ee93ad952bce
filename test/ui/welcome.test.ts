import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openEditor } from '../host/openEditor';
import type { OpenEditor } from '../host/servedEditor';
import { copySampleWorkspace } from './sampleWorkspace';

const root = fileURLToPath(new URL('../../', import.meta.url));
/** The packed extension, when `npm test` has packed it; else the build in this folder. */
const extension = process.env.SPARSEK_TEST_VSIX ?? root;
const pictures = join(root, 'out', 'test', 'ui');

describe('a person whose model is missing', function () {
  this.timeout(240_000);
  let workspace: Awaited<ReturnType<typeof copySampleWorkspace>>;
  let opened: OpenEditor;
  before(async () => {
    await mkdir(pictures, { recursive: true });
    workspace = await copySampleWorkspace();
    const file = join(workspace.path, 'src', 'main.ts');
    opened = await openEditor({ workspace: workspace.path, file, extension, settings: { 'sparsek.model.path': join(workspace.path, 'nowhere') }, report: console.log });
    await opened.editor.opened();
  });
  after(async () => {
    await opened[Symbol.asyncDispose]();
    await workspace[Symbol.asyncDispose]();
  });
  afterEach(async function () {
    if (this.currentTest?.state === 'failed') await opened.editor.screenshot(join(pictures, `welcome-failure-${this.currentTest.title.slice(0, 30)}.png`));
  });

  it('finds the walkthrough', async () => {
    await opened.editor.command('SparseK: Get Started');
    await opened.editor.sees('Get Started with SparseK Code');
    await opened.editor.sees('See what the model remembers');
    await opened.editor.screenshot(join(pictures, 'walkthrough.png'));
  });

  it('is told in the side bar what that means, and what to do', async () => {
    await opened.editor.command('SparseK: Ask About This Repo');
    await opened.editor.sees('The files of the model are missing, damaged or of another version');
    await opened.editor.sees('Choose the Model\'s Folder');
  });
});
