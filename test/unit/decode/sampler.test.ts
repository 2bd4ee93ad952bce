import assert from 'node:assert/strict';
import fc from 'fast-check';
import { createSampler } from '../../../src/engine/decode';
import { drawNucleus, mostLikely } from '../../../src/engine/decode/sampler';

const rows = fc.array(fc.float({ min: -10, max: 10, noNaN: true }), { minLength: 1, maxLength: 50 }).map((row) => Float32Array.from(row));

describe('sampler', () => {
  it('takes the first of the largest when greedy', () => {
    fc.assert(fc.property(rows, (row) => {
      const sampler = createSampler({ temperature: 0, topP: 1 });
      assert.equal(sampler.draw(row), row.indexOf(Math.max(...row)));
    }));
  });

  it('draws only what is allowed, and says when nothing is', () => {
    fc.assert(fc.property(rows, fc.nat(), fc.double({ min: 0, max: 0.999, noNaN: true }), (row, which, point) => {
      const only = which % row.length;
      assert.equal(mostLikely(row, (token) => token === only), only);
      assert.equal(drawNucleus(row, 1, 1, point, (token) => token === only), only);
      assert.equal(mostLikely(row, () => false), -1);
      assert.equal(drawNucleus(row, 1, 1, point, () => false), -1);
    }));
  });

  it('stays within the smallest set that reaches top-p', () => {
    const row = Float32Array.of(Math.log(0.5), Math.log(0.3), Math.log(0.15), Math.log(0.05));
    const drawn = new Set(Array.from({ length: 100 }, (_, i) => drawNucleus(row, 1, 0.7, i / 100)));
    assert.deepEqual(drawn, new Set([0, 1]));
  });

  it('draws with the frequencies of the softmax', () => {
    const row = Float32Array.of(Math.log(0.6), Math.log(0.3), Math.log(0.1));
    const counts = [0, 0, 0];
    for (let i = 0; i < 1000; i++) counts[drawNucleus(row, 1, 1, i / 1000)]++;
    assert.deepEqual(counts.map((count) => Math.round(count / 100)), [6, 3, 1]);
  });

  it('repeats itself for the same seed and not for another', () => {
    const row = Float32Array.from({ length: 40 }, (_, i) => Math.sin(i));
    const series = (seed: number) => {
      const sampler = createSampler({ temperature: 1, topP: 1, seed });
      return Array.from({ length: 30 }, () => sampler.draw(row)).join();
    };
    assert.equal(series(7), series(7));
    assert.notEqual(series(7), series(8));
  });
});
