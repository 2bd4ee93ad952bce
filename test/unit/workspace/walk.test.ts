import assert from 'node:assert/strict';
import { chmod, mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { doNotReadMatcher } from '../../../src/engine/workspace';
import { walk, type Walked } from '../../../src/engine/workspace/walk';
import { asOrdinaryUser } from './asOrdinaryUser';
import { withTree, type Tree } from './tree';

async function walked(root: string, patterns: readonly string[] = []): Promise<Walked[]> {
  const entries: Walked[] = [];
  for await (const entry of walk(root, doNotReadMatcher(patterns))) entries.push(entry);
  return entries;
}

async function filesOf(root: string): Promise<string[]> {
  return (await walked(root)).filter((entry) => !('reason' in entry)).map(({ path }) => path);
}

async function skipsOf(root: string): Promise<Record<string, string>> {
  return Object.fromEntries((await walked(root)).flatMap((entry) => ('reason' in entry ? [[entry.path, entry.reason]] : [])));
}

const files = (tree: Tree) => withTree(tree, filesOf);
const skips = (tree: Tree) => withTree(tree, skipsOf);

describe('the walk', () => {
  it('lists files in the order of their paths by code units, on every machine', async () => {
    const paths = ['B/a', 'a-b/c', 'a/b', 'a/z/q', 'a.ts', 'a0', 'b', 'z', 'ä', '😀/x'];
    assert.deepEqual(await files(Object.fromEntries(paths.map((path) => [path, '']))), [...paths].sort((a, b) => (a < b ? -1 : 1)));
  });

  it('reads names with spaces, quotes, line breaks and emoji as they are', async () => {
    const paths = ['a b.ts', "it's \"quoted\".py", 'line\nbreak.js', '😀/é.go', '#hash', '!not', '[x]*?.c', ' leading'];
    assert.deepEqual(await files(Object.fromEntries(paths.map((path) => [path, 'x']))), [...paths].sort((a, b) => (a < b ? -1 : 1)));
  });

  it('obeys .gitignore and .ignore at every level, the deeper and the later deciding', async () => {
    assert.deepEqual(
      await files({
        '.gitignore': '*.log\n/top.txt\nbuild/\n!keep.log\ndocs/*.md\n',
        'a.log': '', 'keep.log': '', 'top.txt': '', 'sub/top.txt': '', 'build/x': '', 'docs/a.md': '', 'docs/deep/a.md': '',
        'sub/.gitignore': '!a.log\n/only-here\nname with space\n', 'sub/a.log': '', 'sub/only-here': '', 'sub/deep/only-here': '', 'sub/name with space': '',
        'sub/deep/.ignore': 'b.ts\n', 'sub/deep/b.ts': '', 'b.ts': '',
        'both/.gitignore': '*.x\n', 'both/.ignore': '!a.x\n', 'both/a.x': '', 'both/b.x': '',
      }),
      ['.gitignore', 'b.ts', 'both/.gitignore', 'both/.ignore', 'both/a.x', 'docs/deep/a.md', 'keep.log', 'sub/.gitignore',
        'sub/a.log', 'sub/deep/.ignore', 'sub/deep/only-here', 'sub/top.txt'],
    );
  });

  it('lets a deeper folder take a name back that a higher one ignores, as Git does', async () => {
    assert.deepEqual(
      await files({ '.gitignore': 'build/\n', 'packages/.gitignore': '!build/\n', 'packages/build/a.ts': '', 'build/b.ts': '' }),
      ['.gitignore', 'packages/.gitignore', 'packages/build/a.ts'],
    );
  });

  it('takes the rules of an ignore file for its own folder alone, whatever characters the folder has', async () => {
    assert.deepEqual(
      await files({ 'a[1]*/.gitignore': 'x\n', 'a[1]*/x': '', 'a[1]*/y': '', 'a1b/x': '', '!b #c/.gitignore': '/z\n', '!b #c/z': '' }),
      ['!b #c/.gitignore', 'a1b/x', 'a[1]*/.gitignore', 'a[1]*/y'],
    );
  });

  it('obeys the ignore files of the repository around a workspace that is only a part of it', async () => {
    const tree = { '.git/HEAD': '', '.gitignore': 'secret.ts\n/packages/app/local.ts\n', 'packages/app/secret.ts': '', 'packages/app/local.ts': '', 'packages/app/a.ts': '' };
    assert.deepEqual(await withTree(tree, (root) => filesOf(join(root, 'packages/app'))), ['a.ts']);
  });

  it('reads a workspace that was opened on purpose though the repository ignores it', async () => {
    const tree = { '.git/HEAD': '', '.gitignore': 'scratch/\n', 'scratch/a.ts': '', 'scratch/.gitignore': 'b.ts\n', 'scratch/b.ts': '' };
    assert.deepEqual(await withTree(tree, (root) => filesOf(join(root, 'scratch'))), ['.gitignore', 'a.ts']);
  });

  it('leaves dependencies, output, caches and version control data alone and says so', async () => {
    assert.deepEqual(
      await skips({ 'node_modules/a/b.js': '', 'x/dist/a.js': '', '.git/config': '', 'environment/pyvenv.cfg': '', 'target/CACHEDIR.TAG': '', 'src/a.ts': '' }),
      Object.fromEntries(['.git/', 'environment/', 'node_modules/', 'target/', 'x/dist/'].map((path) => [path, 'excluded-folder'])),
    );
  });

  it('comes to an end in a loop of links and follows none', async () => {
    await withTree({ 'a/b/file.ts': '' }, async (root) => {
      await symlink('..', join(root, 'a/b/loop'));
      await symlink(root, join(root, 'a/whole'));
      await symlink('/etc', join(root, 'outside'));
      await symlink('nowhere', join(root, 'broken'));
      assert.deepEqual(await filesOf(root), ['a/b/file.ts']);
      assert.deepEqual(await skipsOf(root), { 'a/b/loop': 'symbolic-link', 'a/whole': 'symbolic-link', 'broken': 'symbolic-link', 'outside': 'symbolic-link' });
    });
  });

  it('skips a folder without permission with the reason and reads on', async () => {
    await withTree({ 'closed/a.ts': '', 'open/b.ts': '' }, async (root) => {
      await chmod(root, 0o755);
      await chmod(join(root, 'closed'), 0o000);
      const entries = await asOrdinaryUser(() => walked(root));
      await chmod(join(root, 'closed'), 0o755);
      assert.deepEqual(entries, [{ path: 'closed/', reason: 'unreadable', detail: 'EACCES' }, { path: 'open/b.ts' }]);
    });
  });

  it('skips a folder whose ignore file cannot be read: what must not be read there is unknown', async () => {
    await withTree({ 'a/.gitignore': 'secret.ts\n', 'a/secret.ts': '', 'b/c.ts': '' }, async (root) => {
      await chmod(root, 0o755);
      await chmod(join(root, 'a/.gitignore'), 0o000);
      const entries = await asOrdinaryUser(() => walked(root));
      assert.deepEqual(entries, [{ path: 'a/', reason: 'unreadable-ignore-file', detail: '.gitignore: EACCES' }, { path: 'b/c.ts' }]);
    });
  });

  it('skips files and folders that a do-not-read pattern covers, in any case and at any depth', async () => {
    const tree = { '.env': '', 'a/.ENV.local': '', 'a/server.PEM': '', 'a/id_rsa.pub': '', 'a/.ssh/config': '', 'private/x': '', 'a/private/x': '', 'ok.ts': '' };
    const patterns = ['.env', '.env.*', '*.pem', 'id_rsa*', '.ssh', 'private/**'];
    const entries = await withTree(tree, (root) => walked(root, patterns));
    assert.deepEqual(entries.filter((entry) => !('reason' in entry)).map(({ path }) => path), ['a/private/x', 'ok.ts']);
  });

  it('walks 100,000 files in bounded memory', async function () {
    this.timeout(240_000);
    await withTree({}, async (root) => {
      for (let folder = 0; folder < 200; folder++) {
        const path = join(root, `folder ${folder}`);
        await mkdir(path);
        await Promise.all(Array.from({ length: 500 }, (_, file) => writeFile(join(path, `file${file}.ts`), '')));
      }
      const before = process.memoryUsage().heapUsed;
      let [count, most] = [0, 0];
      for await (const entry of walk(root, doNotReadMatcher(['.env*']))) {
        if (!('reason' in entry)) count++;
        if (count % 1000 === 0) most = Math.max(most, process.memoryUsage().heapUsed - before);
      }
      assert.equal(count, 100_000);
      assert.ok(most < 300e6, `${(most / 1e6).toFixed(0)} MB`);
    });
  });
});
