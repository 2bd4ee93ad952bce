import assert from 'node:assert/strict';
import { cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { localDisk, type Disk } from '../../../../src/features/model/disk';
import { ImportedPacks } from '../../../../src/features/model/importedPacks';
import { listPack } from '../../../../src/features/model/packListing';
import { readManifest, verifyFiles } from '../../../../src/engine/model';
import { ProblemError, type ProblemCode } from '../../../../src/protocol';
import { temporaryDirectory, type TemporaryDirectory } from '../../../fixtures/temporaryDirectory';
import { writeTinyPack } from '../../../fixtures/tinyPack';

describe('importing a model pack', () => {
  let directory: TemporaryDirectory;
  let source: string;
  let root: string;
  let packs: ImportedPacks;
  before(async () => {
    directory = await temporaryDirectory();
    await writeTinyPack(join(directory.path, 'whole'));
  });
  after(() => directory.remove());
  let count = 0;
  beforeEach(async () => {
    source = join(directory.path, `source-${++count}`);
    await cp(join(directory.path, 'whole'), source, { recursive: true });
    root = join(directory.path, `storage-${count}`, 'models');
    packs = new ImportedPacks(root);
  });

  const add = async (options = {}) => packs.add(await listPack(source), options);

  const refused = (work: Promise<unknown>, code: ProblemCode, text: RegExp) => assert.rejects(work, (error) => {
    assert.ok(error instanceof ProblemError, String(error));
    assert.equal(error.problem.code, code);
    assert.match(error.message, text);
    return true;
  });

  it('has none before the first', () => assert.equal(packs.current, undefined));

  it('copies a whole pack, which the engine finds right, and tells how far it is', async () => {
    let bytes = 0;
    const pack = await listPack(source);
    const folder = await packs.add(pack, { onProgress: (more) => (bytes += more) });
    assert.equal(packs.current, folder);
    assert.equal(bytes, pack.bytes);
    await verifyFiles(folder, await readManifest(folder));
  });

  it('finds the pack in the only folder of a folder that has one', async () => {
    const outside = join(directory.path, `outside-${count}`);
    await mkdir(join(outside, 'other'), { recursive: true });
    await cp(source, join(outside, 'pack'), { recursive: true });
    assert.equal((await listPack(outside)).folder, join(outside, 'pack'));
  });

  it('takes a newer one in place of the last, which is removed', async () => {
    const first = await add();
    const second = await add();
    assert.notEqual(first, second);
    assert.equal(packs.current, second);
    assert.deepEqual(await readdir(root), [second.slice(root.length + 1), 'current'].toSorted());
  });

  it('refuses a folder without a pack, and one of another format, with what to do', async () => {
    await refused(listPack(join(directory.path, 'nowhere')), 'model-missing', /holds no model pack.*Choose the folder/);
    await edit('manifest.json', (text) => text.replace(/"formatVersion":\s*1/, '"formatVersion":0'));
    await refused(listPack(source), 'model-version', /older than the extension.*belongs to this release/);
    await edit('manifest.json', (text) => text.replace(/"formatVersion":\s*0/, '"formatVersion":2'));
    await refused(listPack(source), 'model-version', /newer than the extension.*Update/);
    await writeFile(join(source, 'manifest.json'), '{"formatVersion": 1');
    await refused(listPack(source), 'model-corrupt', /damaged/);
  });

  it('refuses a manifest that names files outside of the pack', async () => {
    await edit('manifest.json', (text) => text.replace(/"tokenizer.tiktoken":\s*\{/, '"../outside":{'));
    await refused(listPack(source), 'model-corrupt', /\.\.\/outside/);
  });

  for (const [what, damage, text] of [
    ['a file with another bit', async () => edit('tokenizer.tiktoken', (text) => text.replace('A', 'B')), /tokenizer\.tiktoken has SHA-256/],
    ['a file that is cut off', async () => edit('tokenizer.tiktoken', (text) => text.slice(1)), /tokenizer\.tiktoken has \d+ bytes where/],
    ['a file that is not there', async () => rm(join(source, 'norms.bin')), /norms\.bin cannot be read/],
  ] as const) {
    it(`keeps what counted before and leaves nothing of ${what}`, async () => {
      const before = await add();
      await damage();
      await refused(add(), what.endsWith('there') ? 'model-missing' : 'model-corrupt', text);
      await nothingBut(before);
    });
  }

  it('leaves nothing when it is cancelled, at any file', async () => {
    const before = await add();
    const { files } = await listPack(source);
    for (const { name } of files) {
      const abort = new AbortController();
      const onProgress = (_: number, file: string) => {
        if (file === name) abort.abort();
      };
      await assert.rejects(add({ signal: abort.signal, onProgress }), { name: 'AbortError' });
      await nothingBut(before);
    }
  });

  it('says before it begins that the disk has too little room', async () => {
    const disk: Disk = { ...localDisk, freeBytes: () => Promise.resolve(1_000_000) };
    await refused(add({ disk }), 'model-not-imported', /too full: the model needs \d+ MB and 1 MB are free.*Make room/);
    assert.deepEqual(await readdir(root), []);
  });

  it('says that the disk ran full in the middle, and leaves nothing', async () => {
    const before = await add();
    const disk: Disk = { freeBytes: () => Promise.resolve(undefined), write: (path) => (path.endsWith('scorers.bin') ? new FullDisk() : localDisk.write(path)) };
    await refused(add({ disk }), 'model-not-imported', /too full.*nothing of it is left.*sparsek\.model\.path/);
    await nothingBut(before);
  });

  it('removes what a killed import left, and not what another window is at', async () => {
    const dead = join(root, '.importing-999999999-x');
    const alive = join(root, `.importing-${process.pid}-y`);
    for (const folder of [dead, alive]) await mkdir(folder, { recursive: true });
    await add();
    const names = await readdir(root);
    assert.ok(!names.includes('.importing-999999999-x'));
    assert.ok(names.includes(`.importing-${process.pid}-y`));
  });

  it('does not believe a pointer that leads out of its folder', async () => {
    await mkdir(root, { recursive: true });
    await writeFile(join(root, 'current'), '../elsewhere');
    assert.equal(packs.current, undefined);
  });

  async function nothingBut(folder: string): Promise<void> {
    assert.equal(packs.current, folder);
    assert.deepEqual((await readdir(root)).toSorted(), [folder.slice(root.length + 1), 'current'].toSorted());
  }

  async function edit(name: string, change: (text: string) => string): Promise<void> {
    const path = join(source, name);
    const before = await readFile(path, 'latin1');
    const after = change(before);
    assert.notEqual(after, before);
    await writeFile(path, after, 'latin1');
  }
});

class FullDisk extends Writable {
  override _write(_piece: unknown, _encoding: unknown, done: (error: Error) => void): void {
    done(Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' }));
  }
}
