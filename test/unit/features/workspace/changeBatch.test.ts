import assert from 'node:assert/strict';
import { setTimeout as wait } from 'node:timers/promises';
import { ChangeBatch } from '../../../../src/features/workspace/changeBatch';
import type { WorkspaceChange } from '../../../../src/protocol';

/** Longer than it must be quiet. */
const quiet = 800;

describe('what happens on the disk', () => {
  let told: WorkspaceChange[];
  let batch: ChangeBatch;

  beforeEach(() => {
    told = [];
    batch = new ChangeBatch((change) => told.push(change));
  });
  afterEach(() => batch.dispose());

  it('is told in one message once it is quiet, each path once', async () => {
    for (const path of ['/a', '/b', '/a']) batch.add(path);
    assert.deepEqual(told, []);
    await wait(quiet);
    assert.deepEqual(told, [{ paths: ['/a', '/b'] }]);
    batch.add('/c');
    await wait(quiet);
    assert.deepEqual(told, [{ paths: ['/a', '/b'] }, { paths: ['/c'] }]);
  });

  it('is told without paths when a switch of branches changes thousands of files', async () => {
    for (let i = 0; i < 5_000; i++) batch.add(`/file${i}`);
    await wait(quiet);
    assert.deepEqual(told, [{}]);
  });

  it('is told though it never gets quiet', async () => {
    for (let i = 0; i < 70 && told.length === 0; i++) {
      batch.add('/a');
      await wait(100);
    }
    assert.deepEqual(told, [{ paths: ['/a'] }]);
  }).timeout(20_000);

  it('is not told after the end', async () => {
    batch.add('/a');
    batch.dispose();
    await wait(quiet);
    assert.deepEqual(told, []);
  });
});
