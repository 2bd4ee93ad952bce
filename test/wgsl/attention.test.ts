import assert from 'node:assert/strict';
import { rotaryTable, rotateKeys } from '../../kernels';
import { attention, combine, queryKeyValue, queryKeyValueUnits, queryRows, rowProductWorkgroups, scores } from '../../kernels/wgsl';
import { Random } from '../fixtures/random';
import { tinyGeometry } from '../fixtures/tinyPack';
import { difference, runKernel, step } from './kernelRun';
import { normed, PackedWeights, product, silu } from './packed';
import { useGpu } from './testGpu';

/** Seven query heads a KV head, as in the shipped model. */
const geometry = { ...tinyGeometry, queryHeads: 14, width: 96 };
const { queryHeads, keyValueHeads, headDim, width, rmsNormEpsilon, ropeTheta } = geometry;
const group = queryHeads / keyValueHeads;

describe('attention on the GPU', () => {
  const gpu = useGpu();

  it('projects, rotates by position, and writes keys and values to their slots', async () => {
    const random = new Random(1);
    const [tokens, slots, first, capacity, layer] = [3, 20, 7, 4, 1];
    const packedRows = (queryHeads + 2 * keyValueHeads) * headDim;
    const packed = new PackedWeights(random);
    const norm = random.normals(width);
    const bias = random.normals(packedRows);
    const scorerBias = random.normals(6);
    const places = { norm: packed.floats(norm), bias: packed.floats(bias), scorerBias: packed.floats(scorerBias) };
    const matrix = packed.matrix(packedRows, width, 8);
    const scorer = packed.matrix(6, width, 32);
    const x = random.normals(tokens * width, 2);
    const table = rotaryTable(slots, headDim, ropeTheta);
    const rotary = Float32Array.from({ length: 2 * table.cosine.length }, (_, i) => (i % 2 === 0 ? table.cosine : table.sine)[i >> 1]);
    const cache = () => new Float32Array(keyValueHeads * slots * headDim).fill(-1);
    const kernel = queryKeyValue(geometry, { ...places, queryKeyValue: matrix.layout, scorer: scorer.layout }, 4, capacity, { subgroups: false });
    const result = await runKernel(gpu(), kernel, [
      step({ tokens, first, slots }), packed.words, x, Uint32Array.of(layer, 0, 0, 0), rotary, new Float32Array(tokens * queryHeads * headDim),
      cache(), cache(), new Float32Array(2 * capacity * 6),
    ], rowProductWorkgroups(queryKeyValueUnits(geometry, 6), geometry.width, tokens, 4));

    const input = normed(x, norm, rmsNormEpsilon);
    const rows = Float32Array.from(product(input, matrix.values, width), (value, i) => value + bias[i % packedRows]);
    const headOf = (token: number, head: number) => rows.slice(token * packedRows + head * headDim, token * packedRows + (head + 1) * headDim);
    const turned = (token: number, head: number) => {
      const target = new Float32Array(headDim);
      rotateKeys(table, first + token, headOf(token, head), 0, target, 0);
      return [...target];
    };
    const each = (count: number, of: (i: number) => number[]) => Array.from({ length: count }, (_, i) => of(i)).flat();
    const [query, keys, values, features] = [5, 6, 7, 8].map((i) => new Float32Array(result[i]));
    assert.ok(difference(query, each(tokens * queryHeads, (i) => turned(Math.floor(i / queryHeads), i % queryHeads))) < 3e-6);
    const expectedCache = (of: (token: number, head: number) => number[]) => each(keyValueHeads * slots, (i) => {
      const token = i % slots - first;
      return token >= 0 && token < tokens ? of(token, Math.floor(i / slots)) : Array.from({ length: headDim }, () => -1);
    });
    assert.ok(difference(keys, expectedCache((token, head) => turned(token, queryHeads + head))) < 3e-6);
    assert.ok(difference(values, expectedCache((token, head) => [...headOf(token, queryHeads + keyValueHeads + head)])) < 3e-6);
    const hidden = product(input, scorer.values, width).map((value, i) => silu(value + scorerBias[i % 6]));
    assert.ok(difference(features.subarray(layer * capacity * 6, (layer * capacity + tokens) * 6), hidden) < 3e-6);
  });

  // Slots before the new tokens; one split, several, one that ends between two tokens of the block, and more than combining has lanes.
  for (const { tokens, first, splitLength } of [{ tokens: 1, first: 0, splitLength: 128 }, { tokens: 4, first: 90, splitLength: 31 }, { tokens: 2, first: 100, splitLength: 7 }, { tokens: 40, first: 60, splitLength: 1000 }]) {
    it(`attends from ${tokens} tokens behind ${first} slots, ${splitLength} slots a workgroup`, async () => {
      const random = new Random(first);
      const slots = 110;
      const splits = Math.ceil((first + tokens) / splitLength);
      const query = random.normals(tokens * queryHeads * headDim, 2);
      const keys = random.normals(keyValueHeads * slots * headDim, 2);
      const values = random.normals(keyValueHeads * slots * headDim);
      const run = step({ tokens, first, slots, splitLength, splits });
      const rows = splits * tokens * queryHeads;
      const [, , , , partials, extent] = await runKernel(gpu(), attention(geometry), [
        run, query, keys, values, new Float32Array(rows * headDim), new Float32Array(rows * 2),
      ], [Math.ceil(tokens * group / queryRows), keyValueHeads, splits]);
      const [, , , attended] = await runKernel(gpu(), combine(geometry), [
        run, new Float32Array(partials), new Float32Array(extent), new Float32Array(tokens * queryHeads * headDim),
      ], [tokens * queryHeads]);
      assert.ok(difference(new Float32Array(attended), attend(query, keys, values, { tokens, first, slots })) < 3e-6);
    });
  }

  for (const scorerHidden of [8, 0]) {
    it(`scores tokens in all layers with ${scorerHidden} hidden units`, async () => {
      const random = new Random(scorerHidden);
      const shape = { ...geometry, layers: 3, scorerHidden };
      const [tokens, capacity, slots, first] = [5, 8, 12, 4];
      const rows = scorerHidden || keyValueHeads;
      const weights = random.normals(3 * keyValueHeads * (scorerHidden + 1));
      const features = random.normals(3 * capacity * rows);
      const outputs = { weights: [0, 1, 2].map((layer) => layer * keyValueHeads * scorerHidden), biases: [0, 1, 2].map((layer) => (3 * scorerHidden + layer) * keyValueHeads) };
      const [, , , found, sources] = await runKernel(gpu(), scores(shape, scorerHidden > 0 ? outputs : undefined, capacity), [
        step({ tokens, first, slots, source: -3 }), weights, features, new Float32Array(3 * keyValueHeads * slots), new Int32Array(3 * keyValueHeads * slots),
      ], [1, 3 * keyValueHeads]);
      for (let row = 0; row < 3 * keyValueHeads; row++) {
        const [layer, head] = [Math.floor(row / keyValueHeads), row % keyValueHeads];
        const expected = Array.from({ length: tokens }, (_, token) => {
          const own = features.subarray((layer * capacity + token) * rows, (layer * capacity + token + 1) * rows);
          if (scorerHidden === 0) return own[head];
          return own.reduce((sum, value, i) => sum + value * weights[outputs.weights[layer] + head * rows + i], weights[outputs.biases[layer] + head]);
        });
        assert.ok(difference(new Float32Array(found).subarray(row * slots + first), expected) < 2e-6);
        assert.deepEqual([...new Int32Array(sources).subarray(row * slots + first, row * slots + first + tokens)], [-3, -2, -1, 0, 1]);
      }
    });
  }
});

/** Causal attention in double precision, `[tokens, queryHeads, headDim]`. */
function attend(query: Float32Array, keys: Float32Array, values: Float32Array, { tokens, first, slots }: { tokens: number; first: number; slots: number }): Float64Array {
  const attended = new Float64Array(tokens * queryHeads * headDim);
  for (let row = 0; row < tokens * queryHeads; row++) {
    const cacheRow = Math.floor((row % queryHeads) / group) * slots;
    const used = first + Math.floor(row / queryHeads) + 1;
    const logits = Array.from({ length: used }, (_, slot) => {
      let sum = 0;
      for (let i = 0; i < headDim; i++) sum += query[row * headDim + i] * keys[(cacheRow + slot) * headDim + i];
      return sum / Math.sqrt(headDim);
    });
    const top = Math.max(...logits);
    const weights = logits.map((logit) => Math.exp(logit - top));
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    for (let i = 0; i < headDim; i++) attended[row * headDim + i] = weights.reduce((sum, weight, slot) => sum + weight / total * values[(cacheRow + slot) * headDim + i], 0);
  }
  return attended;
}
