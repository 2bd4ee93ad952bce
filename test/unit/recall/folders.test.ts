import assert from 'node:assert/strict';
import { mkdir, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Documents } from '../../../src/engine/documents';
import { SegmentMemories, SegmentPool } from '../../../src/engine/memory';
import { WorkspaceMemory, type PreparationEvents } from '../../../src/engine/recall';
import { defaultDoNotRead } from '../../../src/protocol';
import { tinyPlan, useTinyModel } from '../tinyModel';
import { withTree, writeTree, type Tree } from '../workspace/tree';

const never = new AbortController().signal;
const text = 'import { area } from "./shapes";\n\nexport function total() {\n  return area(\n';
const shapes = 'export function area(width: number, height: number): number {\n  return width * height;\n}\n';
const place = { path: 'src/main.ts', text, offset: text.length - 1 };

describe('A workspace that changes under the engine', () => {
  const model = useTinyModel();

  interface Opened {
    readonly root: string;
    readonly memory: WorkspaceMemory;
    /** Paths and lines of what is recalled for a completion in `src/main.ts`, and which of it was encoded for it now. */
    readonly prepare: (differing?: Partial<typeof place> & { readonly folder?: string }) => Promise<{ readonly chosen: string[]; readonly encoded: string[] }>;
  }

  async function withFolders(tree: Tree, use: (opened: Opened) => Promise<void>, folders: readonly string[] = ['']): Promise<void> {
    await withTree(tree, async (directory) => {
      const root = await realpath(directory);
      const workspace = { folders: folders.map((folder) => ({ folder: join(root, folder), doNotRead: defaultDoNotRead })) };
      const memory = new WorkspaceMemory(workspace, tinyPlan, model().tokenizer, await SegmentPool.create(model().runtime, new SegmentMemories(tinyPlan.segments)), { warn: (message) => assert.fail(message) });
      try {
        await use({
          root, memory,
          prepare: async (differing = {}) => {
            const encoded: string[] = [];
            const events: PreparationEvents = { reading: () => undefined, encoding: ({ path }) => encoded.push(path) };
            const chosen = await memory.prepare('main', { ...place, ...differing }, 8, never, events);
            return { chosen: chosen.map(({ path, startLine, endLine }) => `${path}:${startLine}-${endLine}`), encoded };
          },
        });
      } finally {
        memory.dispose();
      }
    });
  }

  it('encodes of a changed file only the segments whose content changed', () => {
    const declaration = (name: string, value: number) => `export function ${name}(area: number) {\n${'  area += area * 2 + 1;\n'.repeat(70)}  return ${value};\n}\n`;
    const file = (value: number) => ['areaOne', 'areaTwo', 'areaThree'].map((name) => declaration(name, name === 'areaTwo' ? value : 0)).join('\n');
    return withFolders({ 'src/shapes.ts': file(1) }, async ({ root, memory, prepare }) => {
      const first = await prepare();
      assert.ok(first.encoded.length >= 2, first.chosen.join(' '));
      await writeTree(root, { 'src/shapes.ts': file(2) });
      memory.folders.changed({ paths: [join(root, 'src/shapes.ts')] });
      const second = await prepare();
      assert.equal(second.chosen.length, first.chosen.length);
      assert.equal(second.encoded.length, 1);
      assert.deepEqual((await prepare()).encoded, []);
    });
  });

  it('recalls a segment of a file that has changed since it was read, though nobody told of it', () => withFolders({ 'src/shapes.ts': shapes }, async ({ root, prepare }) => {
    assert.deepEqual((await prepare()).chosen, ['src/shapes.ts:1-3']);
    await writeTree(root, { 'src/shapes.ts': `// The area of a rectangle.\n// area\n${shapes}` });
    assert.deepEqual((await prepare()).chosen, ['src/shapes.ts:1-5']);
  }));

  it('learns of files that come and go, and looks itself when there are too many to name', () => withFolders({ 'src/shapes.ts': shapes }, async ({ root, memory, prepare }) => {
    await prepare();
    await writeTree(root, { 'src/round.ts': 'export const area = (radius: number) => 3 * radius * radius;\n' });
    memory.folders.changed({ paths: [join(root, 'src/round.ts')] });
    assert.deepEqual((await prepare()).chosen.sort(), ['src/round.ts:1-1', 'src/shapes.ts:1-3']);
    await writeTree(root, { 'src/square.ts': 'export const area = (side: number) => side * side;\n' });
    memory.folders.changed({});
    assert.deepEqual((await prepare()).chosen.sort(), ['src/round.ts:1-1', 'src/shapes.ts:1-3', 'src/square.ts:1-1']);
  }));

  it('lets the text of an open document win over the disk until it is closed', () => withFolders({ 'src/main.ts': text, 'src/shapes.ts': shapes }, async ({ root, memory, prepare }) => {
    await prepare();
    const documents = new Documents(model().tokenizer);
    const uri = pathToFileURL(join(root, 'src/shapes.ts')).href;
    documents.open({ uri, path: 'src/shapes.ts', languageId: 'typescript', version: 1, text: `${shapes}\n// area, not saved\n` });
    await memory.folders.follow(documents.all(), 'main');
    assert.deepEqual((await prepare()).chosen, ['src/shapes.ts:1-5']);
    documents.change({ uri, version: 2, edits: [{ offset: 0, deleteLength: 0, insert: '// area\n' }] });
    await memory.folders.follow(documents.all(), 'main');
    assert.deepEqual((await prepare()).chosen, ['src/shapes.ts:1-6']);
    documents.close({ uri });
    await memory.folders.follow(documents.all(), 'main');
    assert.deepEqual((await prepare()).chosen, ['src/shapes.ts:1-3']);
  }));

  it('favours files that are open or were edited lately, and says so', () => {
    const tree = Object.fromEntries(['a', 'b', 'c'].map((name) => [`src/${name}.ts`, 'export const area = 1;\n']));
    return withFolders(tree, async ({ root, memory }) => {
      memory.folders.attend({ open: [join(root, 'src/b.ts'), '/elsewhere/a.ts'], recent: [join(root, 'src/c.ts'), join(root, 'src/b.ts')] });
      const chosen = await memory.prepare('main', place, 8, never, { reading: () => undefined, encoding: () => undefined });
      assert.deepEqual(chosen.map(({ path, why }) => [path, (why?.open ?? 0) > 0, (why?.recent ?? 0) > 0]), [
        ['src/b.ts', true, true], ['src/c.ts', false, true], ['src/a.ts', false, false],
      ]);
    });
  });

  it('recalls of several folders the innermost that the document lies in', () => withFolders({
    'app/src/shapes.ts': shapes, 'lib/src/shapes.ts': `${shapes}// area of the library\n`, 'app/inner/src/shapes.ts': `\n${shapes}`, 'app/inner/src/main.ts': text,
  }, async ({ root, memory, prepare }) => {
    assert.deepEqual((await prepare({ folder: join(root, 'lib') })).chosen, ['src/shapes.ts:1-4']);
    const located = await memory.folders.locate(pathToFileURL(join(root, 'app/inner/src/main.ts')).href);
    assert.deepEqual([located?.folder.options.folder, located?.path], [join(root, 'app/inner'), 'src/main.ts']);
    assert.equal(await memory.folders.locate(pathToFileURL(root).href), undefined);
  }, ['app', 'lib', 'app/inner']));

  it('reports what is read and what is not and why', () => withFolders({ 'a.ts': 'let a;\n', '.env': 'x', 'b.key': 'x', 'c.bin': '\0' }, async ({ root, memory, prepare }) => {
    await prepare();
    const [{ notRead, ...folder }] = memory.folders.report().folders;
    assert.deepEqual(folder, { folder: root, files: 1, segments: 1, skipped: 3, done: true });
    assert.deepEqual(notRead, [
      { because: 'a do-not-read pattern covers it', count: 2, examples: ['.env', 'b.key'] },
      { because: 'it is not text', count: 1, examples: ['c.bin'] },
    ]);
  }));

  it('says of a folder that cannot be opened why, and reads it once it can', () => withFolders({}, async ({ root, memory, prepare }) => {
    await assert.rejects(prepare(), /cannot be opened/);
    assert.match(memory.folders.report().folders[0].problem ?? '', /gone cannot be opened \(ENOENT\)/);
    await mkdir(join(root, 'gone'));
    await writeTree(root, { 'gone/src/shapes.ts': shapes });
    assert.deepEqual((await prepare()).chosen, ['src/shapes.ts:1-3']);
  }, ['gone']));

  it('chooses among the first files of a large folder before all are read', () => withFolders({
    ...Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`src/m${i}.ts`, `export const number${i} = ${i};\n`])), 'zz/neighbour.ts': 'export const area = 1;\n', 'zz/last.ts': 'export const area = 2;\n',
  }, async ({ root, memory }) => {
    memory.folders.attend({ open: [join(root, 'zz/neighbour.ts')], recent: [] });
    const seen: string[][] = [];
    const events: PreparationEvents = { reading: () => undefined, encoding: ({ path }) => seen.push([path, `${memory.folders.report().folders[0].done}`]) };
    await memory.prepare('main', place, 8, never, events, 2);
    assert.deepEqual(seen[0], ['zz/neighbour.ts', 'false']);
    assert.ok(seen.some(([path, done]) => path === 'zz/last.ts' && done === 'true'), JSON.stringify(seen));
  }));
});
