import assert from 'node:assert/strict';
import { rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { doNotReadMatcher, Grammars, Segmenter, Workspace } from '../../../src/engine/workspace';
import { defaultDoNotRead } from '../../../src/protocol';
import { withTree, writeTree, type Tree } from './tree';
import { useSegmenter } from './useSegmenter';

const nowhere = { open: [], recent: [] };

describe('a workspace', () => {
  const use = useSegmenter();

  const withWorkspace = (tree: Tree, test: (workspace: Workspace, root: string) => Promise<void>) =>
    withTree(tree, async (root) => {
      const workspace = await Workspace.open(root, use().segmenter, doNotReadMatcher(defaultDoNotRead));
      await workspace.read();
      await test(workspace, root);
    });
  const pathsFor = (workspace: Workspace, question: string) => workspace.rankForQuestion(question, nowhere, 10).map(({ path }) => path);

  it('gives the tokenizer nothing that is ignored or secret', async () => {
    const secret = 'TOPSECRET';
    const tree: Tree = {
      '.gitignore': 'ignored.ts\nprivate/\n', 'ignored.ts': secret, 'private/a.ts': secret, 'sub/.ignore': '*.local.ts\n', 'sub/a.local.ts': secret,
      '.env': secret, '.env.production': secret, 'sub/.ENV': secret, 'server.key': secret, 'server.pem': secret, 'id_rsa': secret, 'id_ed25519.pub': secret,
      'store.p12': secret, 'store.pfx': secret, 'a.crt': secret, 'a.cer': secret, 'a.keystore': secret, 'secrets.yml': secret, 'secrets/a.json': secret,
      '.npmrc': secret, '.netrc': secret, '.ssh/config': secret, '.aws/credentials': secret, 'node_modules/a/index.js': secret, '.git/config': secret,
      'prod.tfvars': secret, 'package-lock.json': secret, 'image.png': `\0${secret}`, 'open.ts': 'export const open = 1;\n',
    };
    const given: string[] = [];
    const encoder = { encode: (text: string) => (given.push(text), use().encoder.encode(text)) };
    await withTree(tree, async (root) => {
      await symlink(join(root, '.env'), join(root, 'link.ts'));
      using grammars = await Grammars.open();
      const workspace = await Workspace.open(root, new Segmenter(encoder, grammars), doNotReadMatcher(defaultDoNotRead));
      await workspace.read();
      for (const path of [...Object.keys(tree), 'link.ts']) await workspace.changed(path);
      await workspace.setOpenText('.env', secret);
      await workspace.setOpenText('ignored.ts', secret);
      assert.deepEqual(await workspace.segmentsOf('.env'), []);
      assert.ok(given.some((text) => text.includes('export const open')));
      assert.deepEqual(given.filter((text) => text.includes(secret)), []);
      assert.equal(workspace.progress.files, 3);
    });
  });

  it('says of everything it skips why', async () => {
    await withWorkspace({ 'a.ts': 'let a;', '.env': 'x', 'b.bin': '\0', 'node_modules/x.js': 'x' }, async (workspace) => {
      assert.deepEqual(workspace.skipped.map(({ path, reason }) => `${path} ${reason}`), ['.env do-not-read', 'b.bin binary', 'node_modules/ excluded-folder']);
      await Promise.resolve();
    });
  });

  it('counts the files that the rules allow without opening one', () => withWorkspace(
    { 'a.ts': 'let a;', 'b/c.ts': 'let c;', '.env': 'x', 'node_modules/x.js': 'x', '.gitignore': 'd.ts', 'd.ts': 'let d;' },
    async (workspace) => {
      assert.equal(await workspace.count(), 3);
      assert.ok(await workspace.count(AbortSignal.abort()) <= 1, 'it ends when it is told to');
    },
  ));

  it('follows files that change, come and go', async () => {
    await withWorkspace({ 'a.ts': 'export function firstThing() {}\n', 'b.ts': 'export const other = 1;\n' }, async (workspace, root) => {
      assert.deepEqual(pathsFor(workspace, 'firstThing'), ['a.ts']);
      await writeTree(root, { 'a.ts': 'export function secondThing() {}\n', 'c.ts': 'firstThing();\n' });
      await Promise.all([workspace.changed('a.ts'), workspace.changed('c.ts')]);
      assert.deepEqual(pathsFor(workspace, 'firstThing'), ['c.ts', 'a.ts']);
      await rm(join(root, 'c.ts'));
      await workspace.changed('c.ts');
      assert.deepEqual(pathsFor(workspace, 'firstThing secondThing'), ['a.ts']);
      await rm(join(root, 'a.ts'));
      await workspace.read();
      assert.deepEqual(pathsFor(workspace, 'firstThing secondThing'), []);
    });
  });

  it('follows folders that come, go and are renamed, of which nothing but the folder is told', async () => {
    await withWorkspace({ 'old/a.ts': 'export function firstThing() {}\n', 'old/deep/b.ts': 'firstThing();\n', 'older.ts': 'firstThing();\n' }, async (workspace, root) => {
      await rename(join(root, 'old'), join(root, 'new'));
      await workspace.changed('old');
      assert.deepEqual(pathsFor(workspace, 'firstThing'), ['older.ts']);
      await workspace.changed('new');
      assert.deepEqual(pathsFor(workspace, 'firstThing').sort(), ['new/a.ts', 'new/deep/b.ts', 'older.ts']);
      await rm(join(root, 'new/deep'), { recursive: true });
      await workspace.changed('new');
      assert.deepEqual(pathsFor(workspace, 'firstThing').sort(), ['new/a.ts', 'older.ts']);
    });
  });

  it('reads nothing of a folder that comes and is ignored, secret or a link', async () => {
    await withWorkspace({ '.gitignore': '/built/\n', 'outside/.gitignore': '*\n' }, async (workspace, root) => {
      const secret = 'export function hiddenThing() {}\n';
      await writeTree(root, { 'built/a.ts': secret, 'src/.gitignore': 'b.ts\n', 'src/b.ts': secret, 'src/.ssh/c.ts': secret, 'src/node_modules/d.ts': secret, 'outside/e.ts': secret });
      await symlink(join(root, 'outside'), join(root, 'src/link'));
      for (const path of ['built', 'src', 'src/.ssh', 'src/node_modules', 'src/link', 'built/a.ts', 'src/.ssh/c.ts', 'src/link/e.ts']) await workspace.changed(path);
      assert.deepEqual(pathsFor(workspace, 'hiddenThing'), []);
    });
  });

  it('cuts no file again that has not changed', async () => {
    await withWorkspace({ 'a.ts': 'export const first = 1;\n', 'b.ts': 'export const second = 2;\n' }, async (workspace, root) => {
      const cut: string[] = [];
      const { segmenter } = use();
      const segment = segmenter.segment.bind(segmenter);
      segmenter.segment = (path, text) => (cut.push(path), segment(path, text));
      const watched = await Workspace.open(root, segmenter, doNotReadMatcher([]));
      await watched.read();
      assert.deepEqual(cut.splice(0), ['a.ts', 'b.ts']);
      await writeFile(join(root, 'b.ts'), 'export const third = 3;\n');
      for (const path of ['a.ts', 'b.ts']) await watched.changed(path);
      await watched.read();
      assert.deepEqual(cut, ['b.ts']);
      assert.equal(workspace.progress.files, 2);
    });
  });

  it('keeps no text of an open file that is larger than files may be', async () => {
    await withWorkspace({ 'a.ts': 'export const saved = 1;\n' }, async (workspace) => {
      await workspace.setOpenText('a.ts', `export const pasted = 1;\n${'x();\n'.repeat(300_000)}`);
      assert.deepEqual(pathsFor(workspace, 'pasted saved'), []);
      assert.deepEqual(workspace.skipped.map(({ path, reason }) => [path, reason]), [['a.ts', 'too-large']]);
    });
  });

  it('lets events in while it cuts a large file', async () => {
    let turns = 0;
    const seen: number[] = [];
    const encoder = { encode: (text: string) => (seen.push(turns), use().encoder.encode(text)) };
    const turn = () => {
      turns++;
      next = setImmediate(turn);
    };
    let next = setImmediate(turn);
    try {
      const text = Array.from({ length: 4_000 }, (_, i) => `export function part${i}(value: number) {\n  return value * ${i};\n}\n`).join('\n');
      await new Segmenter(encoder, use().grammars).segment('large.ts', text);
    } finally {
      clearImmediate(next);
    }
    assert.ok(seen[seen.length - 1] - seen[0] > 20, `${seen[seen.length - 1] - seen[0]} turns`);
  });

  it('forgets what an edited ignore file excludes', async () => {
    await withWorkspace({ 'a.ts': 'export function firstThing() {}\n' }, async (workspace, root) => {
      await writeTree(root, { '.gitignore': 'a.ts\n' });
      await workspace.changed('.gitignore');
      assert.deepEqual(pathsFor(workspace, 'firstThing'), []);
      assert.deepEqual(workspace.skipped.map(({ path }) => path), ['a.ts']);
    });
  });

  it('reads an open file as it stands in the editor until it is closed', async () => {
    await withWorkspace({ 'a.ts': 'export const saved = 1;\n' }, async (workspace) => {
      await workspace.setOpenText('a.ts', 'export const unsavedThing = 1;\n');
      await workspace.setOpenText('never saved.ts', 'export const sketchedPart = 1;\n');
      assert.deepEqual(pathsFor(workspace, 'unsavedThing'), ['a.ts']);
      assert.deepEqual(pathsFor(workspace, 'sketchedPart'), ['never saved.ts']);
      await workspace.read();
      assert.deepEqual(pathsFor(workspace, 'unsavedThing'), ['a.ts']);
      await workspace.setOpenText('a.ts', undefined);
      assert.deepEqual(pathsFor(workspace, 'unsavedThing'), []);
    });
  });

  it('lets the later of two readings of a file count, however long the earlier takes', async () => {
    await withWorkspace({ 'a.ts': 'export const first = 1;\n' }, async (workspace) => {
      await Promise.all([workspace.setOpenText('a.ts', `export const olderValue = 1;\n${'call();\n'.repeat(20_000)}`), workspace.setOpenText('a.ts', 'export const newerResult = 1;\n')]);
      assert.deepEqual(pathsFor(workspace, 'newerResult'), ['a.ts']);
      assert.deepEqual(pathsFor(workspace, 'olderValue'), []);
    });
  });

  it('gives the segments of an open file that reach behind its suffix', async () => {
    const text = Array.from({ length: 200 }, (_, i) => `export function part${i}(value: number) {\n  return value * ${i} + offset;\n}\n`).join('\n');
    await withWorkspace({ 'a.ts': text }, async (workspace) => {
      const all = await workspace.segmentsOf('a.ts');
      const line = all[1].endLine;
      assert.deepEqual(await workspace.segmentsBehind('a.ts', text, line), all.slice(2));
      assert.deepEqual(await workspace.segmentsBehind('a.ts', text, line - 1), all.slice(1));
    });
  });

  it('stops at its limit of files and says so once', async () => {
    await withTree({ 'a.ts': 'a', 'b.ts': 'b', 'c.ts': 'c', 'd.ts': 'd' }, async (root) => {
      const workspace = await Workspace.open(root, use().segmenter, doNotReadMatcher([]), { maxFiles: 2 });
      await workspace.read();
      assert.equal(workspace.progress.files, 2);
      assert.deepEqual(workspace.skipped, [{ path: 'c.ts', reason: 'workspace-limit' }]);
    });
  });

  it('stops reading when it is told to', async () => {
    await withTree({ 'a.ts': 'a', 'b.ts': 'b', 'c.ts': 'c' }, async (root) => {
      const workspace = await Workspace.open(root, use().segmenter, doNotReadMatcher([]));
      const stop = new AbortController();
      await workspace.read(() => stop.abort(), stop.signal);
      assert.equal(workspace.progress.files, 1);
    });
  });

  it('that is not there is a problem a person can act on', async () => {
    await assert.rejects(Workspace.open('/no/such/folder', use().segmenter, doNotReadMatcher([])), /cannot be opened \(ENOENT\).*Check the path/);
  });
});
