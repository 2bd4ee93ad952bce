import assert from 'node:assert/strict';
import { chmod, mkdir, readdir, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { meetingPlace } from '../../../../src/client/sharing/meetingPlace';
import { temporaryDirectory } from '../../../fixtures/temporaryDirectory';

(process.platform === 'win32' ? describe.skip : describe)('where windows meet', () => {
  async function withBase(use: (base: string, folder: string) => Promise<void>): Promise<void> {
    const base = await temporaryDirectory();
    await use(base.path, join(base.path, `sparsek-${process.getuid?.() ?? ''}`));
    await base.remove();
  }

  it('is a folder that only its owner can enter', () => withBase(async (base, folder) => {
    const place = await meetingPlace(['1'], base);
    assert.equal((await stat(folder)).mode & 0o777, 0o700);
    assert.ok(place.address.startsWith(`${folder}/`));
  }));

  it('is the same for the same key and another for another', () => withBase(async (base) => {
    const [one, same, other, split] = await Promise.all([['a', 'b'], ['a', 'b'], ['a', 'c'], ['ab']].map((key) => meetingPlace(key, base)));
    assert.equal(one.address, same.address);
    assert.equal(one.lock, same.lock);
    assert.equal(new Set([one.address, other.address, split.address]).size, 3);
    assert.notEqual(one.newLog(), same.newLog());
  }));

  it('is refused where others may enter, where it is a link, and where it is no folder', async () => {
    await withBase(async (base, folder) => {
      await mkdir(folder);
      await chmod(folder, 0o755);
      await assert.rejects(meetingPlace(['1'], base), /others may enter/);
    });
    await withBase(async (base, folder) => {
      await mkdir(join(base, 'elsewhere'), { mode: 0o700 });
      await symlink(join(base, 'elsewhere'), folder);
      await assert.rejects(meetingPlace(['1'], base), /is not a folder/);
    });
    await withBase(async (base, folder) => {
      await writeFile(folder, '');
      await assert.rejects(meetingPlace(['1'], base), /is not a folder/);
    });
  });

  it('is refused where a socket\'s path would be too long', () => withBase(async (base) => {
    const deep = join(base, 'x'.repeat(100));
    await mkdir(deep);
    await assert.rejects(meetingPlace(['1'], deep), /too long for a socket/);
  }));

  it('is cleared of what an engine left, and of nothing else', () => withBase(async (base, folder) => {
    const [mine, other] = [await meetingPlace(['1'], base), await meetingPlace(['2'], base)];
    for (const path of [mine.address, mine.newLog(), mine.newLog(), other.address, other.newLog()]) await writeFile(path, '');
    await mine.clear();
    assert.equal((await readdir(folder)).length, 2);
    await stat(other.address);
  }));
});
