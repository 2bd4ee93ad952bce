import assert from 'node:assert/strict';
import { chmod, open, readdir, rm, truncate, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { verifyFiles, type ModelManifest } from '../../../src/engine/model';
import { ProblemError, type ProblemCode } from '../../../src/protocol';
import { temporaryDirectory, type TemporaryDirectory } from '../../fixtures/temporaryDirectory';
import { writeTinyPack } from '../../fixtures/tinyPack';

describe('Verifying the files of a pack', () => {
  let directory: TemporaryDirectory;
  let cache: TemporaryDirectory;
  let manifest: ModelManifest;
  beforeEach(async () => {
    directory = await temporaryDirectory();
    cache = await temporaryDirectory();
    manifest = await writeTinyPack(directory.path);
  });
  afterEach(() => Promise.all([directory.remove(), cache.remove()]));

  const file = (name: string) => join(directory.path, name);
  const total = () => Object.values(manifest.files).reduce((sum, { bytes }) => sum + bytes, 0);
  const verify = (cacheDirectory = cache.path) => verifyFiles(directory.path, manifest, { cacheDirectory });

  async function refused(code: ProblemCode, name: string): Promise<void> {
    await assert.rejects(verify(), (error) => {
      assert.ok(error instanceof ProblemError);
      assert.equal(error.problem.code, code);
      assert.ok(error.problem.what.includes(file(name)), error.problem.what);
      assert.match(error.problem.remedy, /Import Model…/);
      return true;
    });
  }

  async function flipBit(name: string, position: number): Promise<void> {
    const handle = await open(file(name), 'r+');
    const byte = Buffer.alloc(1);
    await handle.read(byte, 0, 1, position);
    byte[0] ^= 1;
    await handle.write(byte, 0, 1, position);
    await handle.close();
  }

  it('hashes every byte once and then remembers', async () => {
    assert.deepEqual(await verify(), { hashedBytes: total() });
    assert.deepEqual(await verify(), { hashedBytes: 0 });
  });

  it('names a missing shard', async () => {
    await rm(file('attention.bin'));
    await refused('model-missing', 'attention.bin');
  });

  it('names a truncated shard', async () => {
    await truncate(file('embedding.bin'), 1000);
    await refused('model-corrupt', 'embedding.bin');
  });

  it('names a shard with one flipped bit, and does not remember it as right', async () => {
    await flipBit('norms.bin', 321);
    await refused('model-corrupt', 'norms.bin');
    await refused('model-corrupt', 'norms.bin');
    assert.deepEqual(await readdir(cache.path), []);
  });

  it('finds a bit that flipped after an earlier start, when the file was written to', async () => {
    await verify();
    await flipBit('scorers.bin', 17);
    await utimes(file('scorers.bin'), new Date(), new Date(Date.now() + 5000));
    await refused('model-corrupt', 'scorers.bin');
  });

  it('hashes only what changed', async () => {
    await verify();
    await utimes(file('norms.bin'), new Date(), new Date(Date.now() + 5000));
    assert.deepEqual(await verify(), { hashedBytes: manifest.files['norms.bin'].bytes });
  });

  it('reports progress up to 1', async () => {
    const fractions: number[] = [];
    await verifyFiles(directory.path, manifest, { onProgress: (fraction) => fractions.push(fraction) });
    assert.equal(fractions.at(-1), 1);
    assert.deepEqual(fractions, [...fractions].sort((a, b) => a - b));
  });

  it('stops when cancelled', async () => {
    const controller = new AbortController();
    controller.abort(new Error('enough'));
    await assert.rejects(verifyFiles(directory.path, manifest, { signal: controller.signal }), /enough/);
  });

  it('works without write access to the cache folder: it hashes each time and says why', async () => {
    const blocked = join(cache.path, 'a-file');
    await writeFile(blocked, '');
    for (let start = 0; start < 2; start++) {
      const { hashedBytes, notRemembered } = await verify(join(blocked, 'below'));
      assert.equal(hashedBytes, total());
      assert.match(notRemembered ?? '', /ENOTDIR|EEXIST|ENOENT/);
    }
    if (process.getuid?.() === 0) return;
    await chmod(cache.path, 0o500);
    assert.match((await verify()).notRemembered ?? '', /EACCES/);
    await chmod(cache.path, 0o700);
  });

  it('takes a damaged stamp for none', async () => {
    await verify();
    const [stamp] = await readdir(cache.path);
    await writeFile(join(cache.path, stamp), '{"norms.bin":');
    assert.deepEqual(await verify(), { hashedBytes: total() });
  });
});
