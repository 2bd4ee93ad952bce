import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { MemoryStore } from '../../../src/engine/store/memoryStore';
import { SizeBudget } from '../../../src/engine/store/sizeBudget';
import { Writing } from '../../../src/engine/store/writing';
import { Random } from '../../fixtures/random';
import { temporaryDirectory, type TemporaryDirectory } from '../../fixtures/temporaryDirectory';
import { filesBelow } from './folder';
import { assertMadeFor, keys, wide } from './wideMemory';

const later = () => Date.now() + 3_600_000;

describe('the store of memories under several processes', function () {
  this.timeout(120_000);
  let directory: TemporaryDirectory;
  let program: string;
  let folder: string;

  before(async () => {
    directory = await temporaryDirectory();
    program = join(directory.path, 'writer.mjs');
    const entry = fileURLToPath(new URL('programs/writer.ts', import.meta.url));
    await build({ entryPoints: [entry], outfile: program, bundle: true, platform: 'node', format: 'esm', logLevel: 'error' });
  });
  after(() => directory.remove());
  beforeEach(async () => {
    folder = join(directory.path, 'store');
    await mkdir(folder);
  });
  afterEach(() => rm(folder, { recursive: true }));

  const start = (seed: number, megabytes: number, operations: number) => (
    spawn(process.execPath, [program, folder, String(seed), String(megabytes), String(operations)], { stdio: ['ignore', 'pipe', 'pipe'] })
  );

  /** Every file under its final name is whole; nothing else remains once no writer can be alive. */
  async function assertWhole(): Promise<number> {
    const budget = new SizeBudget(folder, 1e9, later);
    await budget.trim();
    const store = new MemoryStore(folder, { packVersion: 'a', geometry: wide }, budget, new Writing(folder, (message) => assert.fail(message)), Date.now);
    const files = await filesBelow(folder);
    for (const { path } of files) {
      const key = basename(path);
      assert.ok(keys.includes(key), path);
      assertMadeFor(key, await store.load(key));
    }
    return files.length;
  }

  async function endsWell(child: ReturnType<typeof start>): Promise<void> {
    const output: string[] = [];
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (data: Buffer) => output.push(data.toString()));
    await once(child, 'close');
    assert.equal(child.exitCode, 0, output.join(''));
    assert.equal(output.join(''), 'ready\ndone\n');
  }

  it('opens with nothing damaged after each of 50 kills in the middle of writing, and work goes on', async () => {
    const random = new Random(7);
    let interrupted = 0;
    for (let kill = 0; kill < 50; kill++) {
      const child = start(kill, 1000, 1e9);
      await once(child.stdout, 'data');
      await wait(random.below(30));
      child.kill('SIGKILL');
      await once(child, 'exit');
      interrupted += (await filesBelow(folder)).some(({ path }) => path.endsWith('.writing')) ? 1 : 0;
      // With everything written nothing would be left to be killed in.
      if (await assertWhole() > keys.length / 2) await Promise.all((await filesBelow(folder)).map(({ path }) => rm(path)));
    }
    assert.ok(interrupted > 0, 'no kill fell into a writing: the test shows nothing');
    await endsWell(start(99, 1000, 100));
    assert.equal(await assertWhole(), keys.length);
  });

  it('gives two that write the same memories at once nothing but whole ones, within the size', async () => {
    const megabytes = 4;
    await Promise.all([endsWell(start(1, megabytes, 400)), endsWell(start(2, megabytes, 400))]);
    const files = await filesBelow(folder);
    assert.ok(files.reduce((sum, { bytes }) => sum + bytes.length, 0) <= megabytes * 1e6 * 1.125);
    assert.ok(await assertWhole() > 4);
  });

  it('says once that there is no more room, goes on, and leaves nothing half written', async () => {
    // The limit on a file's size holds for everyone, root too, and fails in the middle of a file as a full disk does.
    const { stdout, stderr, status } = spawnSync('sh', ['-c', 'ulimit -f 300; exec "$0" "$@"', process.execPath, program, folder, '1', '1000', '30'], { encoding: 'utf8' });
    assert.equal(status, 0, stderr);
    const [ready, warning, ...rest] = stdout.split('\n');
    assert.equal(ready, 'ready');
    assert.match(warning, /There is no room.*EFBIG.*Completions go on.*Free some space/);
    assert.deepEqual(rest, ['done', '']);
    assert.deepEqual(await filesBelow(folder), []);
  });

  it('says once that a real file system is full, and goes on', async function () {
    const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', folder], { encoding: 'utf8' });
    if (mounted.status !== 0) this.skip();
    try {
      const { stdout, stderr, status } = spawnSync(process.execPath, [program, folder, '1', '1000', '60'], { encoding: 'utf8' });
      assert.equal(status, 0, stderr);
      assert.match(stdout, /^ready\nThere is no room[^\n]*ENOSPC[^\n]*\ndone\n$/);
      assert.ok(await assertWhole() >= 2);
    } finally {
      spawnSync('umount', [folder]);
    }
  });
});
