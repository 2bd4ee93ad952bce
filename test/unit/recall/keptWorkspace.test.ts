import assert from 'node:assert/strict';
import { rename, rm, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { KeptWorkspace } from '../../../src/engine/recall/keptWorkspace';
import type { Store } from '../../../src/engine/store';
import { doNotReadMatcher, Segmenter, Workspace } from '../../../src/engine/workspace';
import { defaultDoNotRead } from '../../../src/protocol';
import { filesBelow, testStore } from '../store/folder';
import { madeStored } from '../store/madeMemory';
import { withTree, writeTree, type Tree } from '../workspace/tree';
import { useSegmenter } from '../workspace/useSegmenter';

const doNotRead = (root: string) => doNotReadMatcher(defaultDoNotRead, root);
const tree: Tree = {
  'src/shapes.ts': 'export function area(width: number, height: number) {\n  return width * height;\n}\n',
  'src/main.ts': 'import { area } from "@app/shapes";\n\nexport const total = area(2, 3);\n',
  'tsconfig.json': '{ "compilerOptions": { "baseUrl": ".", "paths": { "@app/*": ["src/*"] } } }\n',
};

describe('a workspace whose index is kept', () => {
  const use = useSegmenter();

  /** Counts the files that are cut. */
  class CountingSegmenter extends Segmenter {
    readonly paths: string[] = [];

    override segment(path: string, text: string) {
      this.paths.push(path);
      return super.segment(path, text);
    }
  }

  /** Opens, reads and keeps a folder as an engine that starts does. */
  async function start(root: string, store: Store) {
    const segmenter = new CountingSegmenter(use().encoder, use().grammars);
    const kept = await KeptWorkspace.open(root, segmenter, doNotRead(root), store);
    await kept.workspace.read();
    const cut = [...segmenter.paths];
    await kept.keep();
    return { kept, cut, workspace: kept.workspace };
  }

  /** Makes files old enough for their times to be trusted. */
  async function settle(root: string, paths: readonly string[], time = 1_600_000_000): Promise<void> {
    for (const path of paths) await utimes(join(root, path), time, time);
  }

  const ranked = (workspace: Workspace) => {
    const text = 'import { area } from "@app/shapes";\narea(\n';
    return workspace.rankForCompletion({ path: 'src/new.ts', text, offset: text.length - 1, open: [], recent: [] }, 10);
  };
  const withFolders = (files: Tree, test: (root: string, cache: string) => Promise<void>) => (
    withTree(files, (root) => withTree({}, (cache) => settle(root, Object.keys(files)).then(() => test(root, cache))))
  );

  it('cuts nothing again after a restart, and ranks as before', () => withFolders(tree, async (root, cache) => {
    const first = await start(root, testStore(cache));
    assert.equal(first.cut.length, 3);
    const second = await start(root, testStore(cache));
    assert.deepEqual(second.cut, []);
    assert.deepEqual(ranked(second.workspace), ranked(first.workspace));
    assert.equal(ranked(second.workspace)[0].path, 'src/shapes.ts');
    assert.ok(ranked(second.workspace)[0].why.imported > 0, 'by the path mapping that was kept');
    assert.deepEqual(second.workspace.progress, first.workspace.progress);
  }));

  it('cuts again what changed, and only that', () => withFolders(tree, async (root, cache) => {
    await start(root, testStore(cache));
    await writeTree(root, { 'src/main.ts': 'export const circle = 1;\n', 'src/new.ts': 'export const square = 1;\n' });
    await rm(join(root, 'tsconfig.json'));
    const { cut, workspace } = await start(root, testStore(cache));
    assert.deepEqual(cut, ['src/main.ts', 'src/new.ts']);
    assert.deepEqual([...workspace.paths].sort(), ['src/main.ts', 'src/new.ts', 'src/shapes.ts']);
    assert.deepEqual((await start(root, testStore(cache))).cut, [], 'the content is what counts where a time is too fresh');
  }));

  it('cuts nothing again when a file is written with the content it had, as a change of branch and back does', () => withFolders(tree, async (root, cache) => {
    await start(root, testStore(cache));
    await writeTree(root, { 'src/main.ts': tree['src/main.ts'] });
    assert.deepEqual((await start(root, testStore(cache))).cut, []);
  }));

  it('notices a change that leaves size and time as they were', () => withFolders(tree, async (root, cache) => {
    await start(root, testStore(cache));
    await writeFile(join(root, 'src/main.ts'), String(tree['src/main.ts']).replace('total', 'count'));
    await settle(root, ['src/main.ts']);
    assert.deepEqual((await start(root, testStore(cache))).cut, ['src/main.ts']);
  }));

  it('is read anew when its index is damaged', () => withFolders(tree, async (root, cache) => {
    await start(root, testStore(cache));
    const [{ path, bytes }] = await filesBelow(cache);
    await fc.assert(fc.asyncProperty(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), async (at, flip) => {
      const damaged = Buffer.from(bytes);
      damaged[at] ^= flip;
      await writeFile(path, damaged);
      assert.equal(await testStore(cache).indexes.load(root), undefined);
    }), { numRuns: 60 });
    await writeFile(path, bytes.subarray(0, bytes.length / 2));
    assert.equal((await start(root, testStore(cache))).cut.length, 3);
  }));

  it('is not taken for another folder', () => withFolders(tree, async (root, cache) => {
    await start(root, testStore(cache));
    await rename(join(root, 'src'), join(root, 'source'));
    await withFolders(tree, async (other) => {
      assert.equal((await start(other, testStore(cache))).cut.length, 3);
    });
  }));

  it('equals one that was read at once, after any changes between any restarts', async () => {
    const files = ['a.ts', 'b.ts', 'sub/c.ts', 'sub/d.py'];
    const words = ['area', 'width', 'total'];
    const change = fc.record({ path: fc.constantFrom(...files), word: fc.constantFrom(...words, ''), restart: fc.boolean() });
    await fc.assert(fc.asyncProperty(fc.array(change, { maxLength: 12 }), (changes) => withTree({}, (root) => withTree({}, async (cache) => {
      for (const { path, word, restart } of changes) {
        if (word === '') await rm(join(root, path), { force: true });
        else await writeTree(root, { [path]: `export const ${word} = 1;\n` });
        if (word !== '' && restart) await settle(root, [path]);
        if (restart) await start(root, testStore(cache));
      }
      const { workspace } = await start(root, testStore(cache));
      const fresh = await Workspace.open(root, use().segmenter, doNotRead(root));
      await fresh.read();
      for (const word of words) {
        const [found, expected] = [workspace, fresh].map((one) => one.rankForQuestion(word, { open: [], recent: [] }, 10).map(({ path }) => path).sort());
        assert.deepEqual(found, expected);
      }
      assert.deepEqual([...workspace.paths].sort(), [...fresh.paths].sort());
    }))), { numRuns: 25 });
  }).timeout(60_000);

  it('keeps nothing of a file that came to be ignored or secret: no word in the index, no memory', () => withFolders({
    ...tree, 'src/hidden.ts': 'export const TOPSECRET = 1;\n',
  }, async (root, cache) => {
    const first = await start(root, testStore(cache));
    const [{ key }] = first.workspace.savedSegments('src/hidden.ts');
    await testStore(cache).memories.save(key, madeStored(1));
    assert.ok((await contentOf(cache)).includes('TOPSECRET'));
    await writeTree(root, { '.gitignore': 'hidden.ts\n' });
    await start(root, testStore(cache));
    assert.ok(!(await contentOf(cache)).includes('TOPSECRET'));
    assert.equal(await testStore(cache).memories.load(key), undefined);
  }));

  it('keeps the memory of a file that was only deleted: another branch may bring it back', () => withFolders(tree, async (root, cache) => {
    const first = await start(root, testStore(cache));
    const [{ key }] = first.workspace.savedSegments('src/main.ts');
    await testStore(cache).memories.save(key, madeStored(1));
    await rm(join(root, 'src/main.ts'));
    await start(root, testStore(cache));
    assert.notEqual(await testStore(cache).memories.load(key), undefined);
  }));

  it('tells saved text from what is only typed', () => withFolders(tree, async (root, cache) => {
    const { workspace } = await start(root, testStore(cache));
    const saved = workspace.savedSegments('src/main.ts');
    await workspace.setOpenText('src/main.ts', 'export const typed = 1;\n');
    assert.deepEqual(workspace.savedSegments('src/main.ts'), saved);
    await writeTree(root, { 'src/main.ts': 'export const typed = 1;\n' });
    await workspace.changed('src/main.ts');
    assert.notDeepEqual(workspace.savedSegments('src/main.ts'), saved);
  }));

  /** All that is stored, as text. */
  async function contentOf(cache: string): Promise<string> {
    const files = await filesBelow(cache);
    return files.map(({ bytes }) => (bytes.readUInt16BE() === 0x1f8b ? gunzipSync(bytes.subarray(0, -32)) : bytes).toString('latin1')).join('\n');
  }
});
