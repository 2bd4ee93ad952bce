import assert from 'node:assert/strict';
import { mkdir, readFile, rename, utimes, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import fc from 'fast-check';
import { asOrdinaryUser } from '../workspace/asOrdinaryUser';
import { withTree } from '../workspace/tree';
import { filesBelow, testStore } from './folder';
import { madeStored } from './madeMemory';

describe('the store of memories', () => {
  it('gives back after a restart what was stored', () => withTree({}, async (root) => {
    await testStore(root).memories.save('a', madeStored(1));
    assert.deepEqual(await testStore(root).memories.load('a'), madeStored(1));
    assert.equal(await testStore(root).memories.load('b'), undefined);
  }));

  it('does not give what another model made', () => withTree({}, async (root) => {
    await testStore(root).memories.save('a', madeStored(1));
    assert.equal(await testStore(root, { packVersion: 'b' }).memories.load('a'), undefined);
    assert.deepEqual(await testStore(root).memories.load('a'), madeStored(1));
  }));

  it('never uses a file with any bit turned over, and stores it anew', () => withTree({}, async (root) => {
    await testStore(root).memories.save('a', madeStored(1, 3));
    const [{ path, bytes }] = await filesBelow(root);
    await fc.assert(fc.asyncProperty(fc.nat(bytes.length * 8 - 1), async (bit) => {
      const { memories } = testStore(root);
      const damaged = Buffer.from(bytes);
      damaged[bit >> 3] ^= 1 << (bit & 7);
      await writeFile(path, damaged);
      assert.equal(await memories.load('a'), undefined);
      assert.deepEqual(await filesBelow(root), [], 'what is damaged is removed');
      await memories.save('a', madeStored(1, 3));
      assert.deepEqual(await memories.load('a'), madeStored(1, 3));
    }), { numRuns: 300 });
  }));

  it('never uses a file that was cut off anywhere, or has something behind it', () => withTree({}, async (root) => {
    await testStore(root).memories.save('a', madeStored(1, 2));
    const [{ path, bytes }] = await filesBelow(root);
    for (let length = 0; length < bytes.length; length += 7) {
      await writeFile(path, bytes.subarray(0, length));
      assert.equal(await testStore(root).memories.load('a'), undefined);
    }
    await writeFile(path, Buffer.concat([bytes, Buffer.of(0)]));
    assert.equal(await testStore(root).memories.load('a'), undefined);
  }));

  it('never uses a whole file under the name of another segment', () => withTree({}, async (root) => {
    await testStore(root).memories.save('a', madeStored(1));
    const [{ path }] = await filesBelow(root);
    await rename(path, join(dirname(path), 'b'));
    assert.equal(await testStore(root).memories.load('b'), undefined);
  }));

  it('stays within its size, and drops what was used least recently', async () => {
    const operation = fc.record({ kind: fc.constantFrom('save', 'load'), key: fc.integer({ min: 0, max: 11 }).map(String), count: fc.integer({ min: 1, max: 30 }) });
    await fc.assert(fc.asyncProperty(fc.array(operation, { minLength: 10, maxLength: 60 }), (operations) => withTree({}, async (root) => {
      const megabytes = 0.012;
      let time = 1_700_000_000_000;
      const { memories } = testStore(root, { megabytes, now: () => time });
      const used = new Map<string, number>();
      const gone = new Map<string, number>();
      for (const { kind, key, count } of operations) {
        time += 1000;
        if (kind === 'save') await memories.save(key, madeStored(Number(key), count));
        else if (await memories.load(key) === undefined) continue;
        used.set(key, time);
        gone.delete(key);
        const files = await filesBelow(root);
        const kept = new Set(files.map(({ path }) => basename(path)));
        for (const [one, last] of used) if (!kept.has(one)) gone.set(one, last);
        assert.ok(files.reduce((sum, { bytes }) => sum + bytes.length, 0) <= megabytes * 1e6);
        const oldestKept = Math.min(...[...kept].map((one) => used.get(one) ?? NaN));
        assert.ok(Math.max(0, ...gone.values()) < oldestKept, 'everything that is kept was used later than everything that went');
        for (const one of gone.keys()) used.delete(one);
      }
    })), { numRuns: 25 });
  }).timeout(60_000);

  it('comes within a smaller size with the first that is stored after it was set', () => withTree({}, async (root) => {
    for (const [i, key] of ['a', 'b', 'c', 'd'].entries()) await testStore(root, { now: () => 1000 * (i + 1) }).memories.save(key, madeStored(i));
    const [{ bytes }] = await filesBelow(root);
    await testStore(root, { megabytes: 2.5 * bytes.length / 1e6 }).memories.save('e', madeStored(5));
    assert.deepEqual((await filesBelow(root)).map(({ path }) => basename(path)), ['d', 'e']);
  }));

  it('takes away what a killed writer left, when no writer can be at it any more', () => withTree({}, async (root) => {
    const store = testStore(root);
    await store.memories.save('a', madeStored(1));
    const [{ path }] = await filesBelow(root);
    const [young, old] = ['b.1.writing', 'c.2.writing'].map((name) => join(dirname(path), name));
    await writeFile(young, 'half');
    await writeFile(old, 'half');
    await utimes(old, 0, 0);
    await store.trim();
    assert.deepEqual((await filesBelow(root)).map((file) => file.path), [path, young]);
  }));

  it('says once that it may not write, and goes on giving what is there', () => withTree({}, async (root) => {
    await testStore(root).memories.save('a', madeStored(1));
    await asOrdinaryUser(async () => {
      const warnings: string[] = [];
      const store = testStore(root, { warn: (message) => warnings.push(message) });
      for (const key of ['b', 'c']) await store.memories.save(key, madeStored(2));
      await store.trim();
      assert.equal(warnings.length, 1);
      assert.match(warnings[0], /no permission.*Completions go on.*writable/);
      assert.equal(await store.memories.load('b'), undefined);
    });
    assert.deepEqual(await testStore(root).memories.load('a'), madeStored(1));
  }));

  it('says once that a file stands where its folder should be', () => withTree({ store: 'a file' }, async (root) => {
    const warnings: string[] = [];
    const store = testStore(root, { warn: (message) => warnings.push(message) });
    await Promise.all(['b', 'c'].map((key) => store.memories.save(key, madeStored(2))));
    await store.trim();
    assert.equal(await store.memories.load('b'), undefined);
    assert.equal(warnings.length, 1);
    assert.equal(await readFile(join(root, 'store'), 'utf8'), 'a file');
  }));

  it('goes on when its folder is taken away under it', () => withTree({}, async (root) => {
    const { memories } = testStore(root);
    await memories.save('a', madeStored(1));
    await rename(join(root, 'store'), join(root, 'elsewhere'));
    assert.equal(await memories.load('a'), undefined);
    await memories.save('a', madeStored(1));
    assert.deepEqual(await memories.load('a'), madeStored(1));
  }));

  it('lets nobody else read what it stores', () => withTree({}, async (root) => {
    await mkdir(join(root, 'store'));
    await testStore(root).memories.save('a', madeStored(1));
    const [{ path }] = await filesBelow(root);
    await asOrdinaryUser(async () => {
      if (process.geteuid?.() === 65_534) await assert.rejects(readFile(path), /EACCES/);
    });
  }));
});
