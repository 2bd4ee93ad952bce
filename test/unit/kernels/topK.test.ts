import assert from 'node:assert/strict';
import fc from 'fast-check';
import { topK } from '../../../kernels';

const score = fc.oneof(fc.float({ noNaN: true }), fc.constantFrom(0, 1, 2), fc.constantFrom(Infinity, -Infinity));
const candidates = fc.uniqueArray(fc.record({ score, source: fc.integer({ min: -1000, max: 1000 }) }), { selector: ({ source }) => source, maxLength: 200 });

describe('topK', () => {
  it('chooses what a full sort chooses, in source order, ties to the most recent', () => {
    fc.assert(fc.property(candidates, fc.nat(220), (items, k) => {
      const expected = items.map((item, i) => ({ ...item, i }))
        .sort((a, b) => (a.score === b.score ? b.source - a.source : b.score > a.score ? 1 : -1))
        .slice(0, k).sort((a, b) => a.source - b.source).map(({ i }) => i);
      const scores = Float32Array.from(items, (item) => item.score);
      const sources = Int32Array.from(items, (item) => item.source);
      assert.deepEqual([...topK(scores, sources, items.length, k)], expected);
    }));
  });

  it('counts NaN as the worst', () => {
    assert.deepEqual([...topK(Float32Array.of(NaN, -Infinity, NaN, 1), Int32Array.of(0, 1, 2, 3), 4, 3)], [1, 2, 3]);
  });

  it('reads only the first count candidates', () => {
    assert.deepEqual([...topK(Float32Array.of(1, 2, 9), Int32Array.of(0, 1, 2), 2, 1)], [1]);
  });

  it('is fast when all scores tie', () => {
    const count = 20_000;
    const sources = Int32Array.from({ length: count }, (_, i) => i);
    const kept = topK(new Float32Array(count), sources, count, 1024);
    assert.deepEqual([kept[0], kept[1023]], [count - 1024, count - 1]);
  });
});
