import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { takeLock } from '../../../../src/client/sharing/startLock';
import { temporaryDirectory } from '../../../fixtures/temporaryDirectory';

describe('the lock of whoever starts the engine', () => {
  async function withLock(use: (path: string, folder: string) => Promise<void>): Promise<void> {
    const folder = await temporaryDirectory();
    await use(join(folder.path, 'lock'), folder.path);
    await folder.remove();
  }
  async function endedProcess(): Promise<number> {
    const child = spawn(process.execPath, ['-e', '']);
    await once(child, 'exit');
    return child.pid ?? NaN;
  }

  it('is had by one at a time, and by the next when it is released', () => withLock(async (path, folder) => {
    const taken = (await Promise.all(Array.from({ length: 10 }, () => takeLock(path)))).filter((lock) => lock !== undefined);
    assert.equal(taken.length, 1);
    assert.equal(await takeLock(path), undefined);
    await taken[0].release();
    assert.deepEqual(await readdir(folder), []);
    assert.ok(await takeLock(path));
  }));

  it('is taken over from a holder that has died, by one of those who try', () => withLock(async (path, folder) => {
    await writeFile(path, `${await endedProcess()} x`);
    const locks = (await Promise.all(Array.from({ length: 10 }, () => takeLock(path)))).filter((lock) => lock !== undefined);
    assert.ok(locks.length <= 1);
    if (locks.length === 0) assert.ok(await takeLock(path));
    assert.deepEqual(await readdir(folder), ['lock']);
  }));

  it('is taken over from a holder that never lets go, who does not release it for the next', () => withLock(async (path) => {
    const first = await takeLock(path);
    const longAgo = new Date(Date.now() - 60_000);
    await utimes(path, longAgo, longAgo);
    const second = await takeLock(path);
    assert.ok(first !== undefined && second !== undefined);
    await first.release();
    assert.equal(await takeLock(path), undefined);
    await second.release();
  }));

  it('is not taken from one who has created it and not yet written who they are', () => withLock(async (path) => {
    await writeFile(path, '');
    assert.equal(await takeLock(path), undefined);
  }));
});
