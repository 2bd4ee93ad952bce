import assert from 'node:assert/strict';
import fc from 'fast-check';
import { rotaryTable, rotateKeys } from '../../../kernels';
import { Random } from '../../fixtures/random';

const headDim = 16;
const table = rotaryTable(512, headDim, 10_000);
const key = fc.integer().map((seed) => new Random(seed).normals(headDim));
const shift = fc.integer({ min: -511, max: 511 });

function turned(source: Float32Array, by: number): Float32Array {
  const target = new Float32Array(headDim);
  rotateKeys(table, by, source, 0, target, 0);
  return target;
}

function assertClose(actual: Float32Array, expected: Float32Array, tolerance = 1e-5): void {
  actual.forEach((value, i) => assert.ok(Math.abs(value - expected[i]) < tolerance, `feature ${i}: ${value} against ${expected[i]}`));
}

describe('Rotary embedding', () => {
  it('turns feature i and i + headDim/2 as one complex number', () => {
    const source = new Random(3).normals(headDim);
    const result = turned(source, 7);
    for (let i = 0; i < headDim / 2; i++) {
      const angle = 7 * 10_000 ** (-2 * i / headDim);
      const [re, im] = [source[i], source[headDim / 2 + i]];
      assert.ok(Math.abs(result[i] - (re * Math.cos(angle) - im * Math.sin(angle))) < 1e-5);
      assert.ok(Math.abs(result[headDim / 2 + i] - (re * Math.sin(angle) + im * Math.cos(angle))) < 1e-5);
    }
  });

  it('adds up: two shifts are one', () => {
    fc.assert(fc.property(key, shift, shift, (source, a, b) => {
      fc.pre(Math.abs(a + b) < 512);
      assertClose(turned(turned(source, a), b), turned(source, a + b));
    }));
  });

  it('is undone by the opposite shift, and a shift of 0 changes nothing', () => {
    fc.assert(fc.property(key, shift, (source, a) => {
      assertClose(turned(turned(source, a), -a), source);
      assert.deepEqual(turned(source, 0), source);
    }));
  });

  it('turns many keys as it turns each', () => {
    const keys = new Random(5).normals(3 * headDim);
    const all = new Float32Array(3 * headDim);
    rotateKeys(table, -11, keys, 0, all, 0, 3);
    for (let i = 0; i < 3; i++) assert.deepEqual(all.slice(i * headDim, (i + 1) * headDim), turned(keys.slice(i * headDim, (i + 1) * headDim), -11));
  });
});
