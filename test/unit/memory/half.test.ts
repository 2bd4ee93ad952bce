import assert from 'node:assert/strict';
import fc from 'fast-check';
import { fromHalf, halfTable, toHalf } from '../../../src/engine/memory/half';

const table = halfTable();

function roundTrip(value: number): number {
  const half = new Uint16Array(1);
  const back = new Float32Array(1);
  toHalf(Float32Array.of(value), half);
  fromHalf(table, half, back);
  return back[0];
}

describe('half precision', () => {
  it('keeps every number to 11 significant bits', () => {
    fc.assert(fc.property(fc.float({ min: -65504, max: 65504, noNaN: true }), (value) => {
      fc.pre(Math.abs(value) >= 2 ** -14);
      assert.ok(Math.abs(roundTrip(value) - value) <= Math.abs(value) * 2 ** -11);
    }), { numRuns: 2000 });
  });

  it('keeps halves as they are', () => {
    for (let half = 1 << 10; half <= 0x7bff; half++) {
      const again = new Uint16Array(1);
      toHalf(table.slice(half, half + 1), again);
      assert.equal(again[0], half);
    }
  });

  it('rounds ties to even, what is too small to zero and what is too large to the largest', () => {
    assert.equal(roundTrip(1 + 2 ** -11), 1);
    assert.equal(roundTrip(1 + 3 * 2 ** -11), 1 + 2 ** -9);
    assert.equal(roundTrip(2 ** -15), 0);
    assert.equal(roundTrip(1e30), 65504);
    assert.equal(roundTrip(-1e30), -65504);
  });
});
