import assert from 'node:assert/strict';
import { Lookup, Speculation } from '../../../src/engine/decode';

const none = new Int32Array(0);
const over = (before: number[]) => new Speculation(none, new Lookup(Int32Array.from(before), none, 20));

describe('Speculation', () => {
  it('proposes what is likely anyway first, in parts where a run takes no more', () => {
    const speculation = new Speculation(Int32Array.of(1, 2, 3));
    assert.deepEqual([...speculation.propose(2)], [1, 2]);
    assert.deepEqual([...speculation.propose(2)], [3]);
    assert.equal(speculation.propose(7).length, 0);
  });

  it('drops the rest of that when the beginning was wrong', () => {
    const speculation = new Speculation(Int32Array.of(1, 2, 3));
    speculation.propose(2);
    speculation.learn(2, 1, [1, 9]);
    assert.equal(speculation.propose(7).length, 0);
  });

  it('proposes more the longer the match', () => {
    assert.equal(over([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 1]).propose(7).length, 1);
    assert.equal(over([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 1, 2]).propose(7).length, 3);
    assert.equal(over([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 1, 2, 3, 4, 5, 6, 7, 8]).propose(7).length, 7);
  });

  it('proposes more after a whole proposal was right, until one is wrong', () => {
    const speculation = over([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 1]);
    speculation.learn(1, 1, [2, 3]);
    assert.equal(speculation.propose(7).length, 7);
    speculation.learn(7, 2, [4, 5]);
    assert.equal(speculation.propose(7).length, 3);
  });

  it('proposes nothing without lookup', () => {
    assert.equal(new Speculation(none).propose(7).length, 0);
  });
});
