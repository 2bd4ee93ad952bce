import assert from 'node:assert/strict';
import fc from 'fast-check';
import { Lookup } from '../../../src/engine/decode';

const lookup = (before: number[], behind: number[] = []) => new Lookup(Int32Array.from(before), Int32Array.from(behind), 8);

describe('Lookup', () => {
  it('proposes what followed the longest match', () => {
    const { tokens, matched } = lookup([1, 2, 3, 9, 9, 2, 3, 7, 7, 1, 2, 3]).propose(2);
    assert.deepEqual([...tokens], [9, 9]);
    assert.equal(matched, 3);
  });

  it('prefers the nearest of equally long matches', () => {
    assert.deepEqual([...lookup([1, 2, 5, 1, 2, 6, 1, 2]).propose(1).tokens], [6]);
  });

  it('looks behind the cursor too', () => {
    assert.deepEqual([...lookup([1, 2], [4, 1, 2, 8, 9]).propose(3).tokens], [8, 9]);
  });

  it('proposes nothing where nothing agrees', () => {
    assert.equal(lookup([1, 2, 3, 4]).propose(3).tokens.length, 0);
    assert.equal(lookup([]).propose(3).tokens.length, 0);
  });

  it('sees what was pushed', () => {
    const growing = lookup([1, 2, 3]);
    for (const token of [9, 1, 2]) growing.push(token);
    assert.deepEqual([...growing.propose(2).tokens], [3, 9]);
  });

  it('proposes only what stands in the text behind a match', () => {
    fc.assert(fc.property(fc.array(fc.nat({ max: 3 }), { maxLength: 60 }), fc.nat({ max: 8 }), (text, count) => {
      const { tokens, matched } = lookup(text).propose(count);
      if (tokens.length === 0) return;
      const pattern = [...text.slice(text.length - matched), ...tokens].join();
      assert.ok(text.join().includes(pattern));
      assert.ok(tokens.length <= count);
    }));
  });
});
