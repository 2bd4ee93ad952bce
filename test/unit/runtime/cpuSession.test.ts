import assert from 'node:assert/strict';
import { chooseThreads } from '../../../src/engine/runtime/cpuSession';

describe('Choosing threads', () => {
  it('takes what is set', () => assert.equal(chooseThreads(3, 16).threads, 3));

  it('takes every core of a small machine and leaves half of a large one', () => {
    assert.deepEqual([1, 2, 4, 6, 8, 12, 64].map((cores) => chooseThreads(0, cores).threads), [1, 2, 4, 4, 4, 6, 8]);
  });
});
