import assert from 'node:assert/strict';
import { embed, gateUp, head, projectToResidual, rowProductWorkgroups } from '../../kernels/wgsl';
import { Random } from '../fixtures/random';
import { tinyGeometry } from '../fixtures/tinyPack';
import { difference, runKernel, step } from './kernelRun';
import { normed, PackedWeights, product, silu } from './packed';
import { useGpu } from './testGpu';

const plain = { subgroups: false };

describe('matrix products on the GPU', () => {
  const gpu = useGpu();

  const kinds = [
    { what: '4 bits with zero points', bits: 4, symmetric: false },
    { what: '4 bits, symmetric', bits: 4, symmetric: true },
    { what: '8 bits with zero points', bits: 8, symmetric: false },
    { what: 'float32', bits: 32, symmetric: false },
  ] as const;
  for (const { what, bits, symmetric } of kinds) {
    it(`multiplies weights of ${what} and adds to the residual`, async () => {
      const random = new Random(bits);
      // An odd number of blocks, so that zero points of 4 bits end within a byte.
      const [rows, width, tokens] = [36, 352, 3];
      const packed = new PackedWeights(random);
      const { layout, values } = packed.matrix(rows, width, bits, symmetric);
      const x = random.normals(tokens * width);
      const residual = random.normals(tokens * rows);
      const kernel = projectToResidual('test', layout, 4, plain);
      const [, , , found] = await runKernel(gpu(), kernel, [step({ tokens }), packed.words, x, residual], rowProductWorkgroups(rows / 4, width, tokens, 4));
      const expected = product(x, values, width).map((value, i) => value + residual[i]);
      assert.ok(difference(new Float32Array(found), expected) < 2e-6);
    });
  }

  const shapes = [{ what: 'few short rows', rows: 36, width: 352 }, { what: 'many short rows', rows: 2100, width: 64 }, { what: 'long rows', rows: 36, width: 4128 }];
  for (const { what, rows, width } of shapes) {
    it(`shares out ${what}, with and without subgroups`, async () => {
      const random = new Random(rows);
      const packed = new PackedWeights(random);
      const { layout, values } = packed.matrix(rows, width, 4);
      const tokens = 17;
      const x = random.normals(tokens * width);
      for (const subgroups of gpu().adapter.subgroupSize === 32 ? [false, true] : [false]) {
        const kernel = projectToResidual('test', layout, 16, { subgroups });
        const [, , , found] = await runKernel(gpu(), kernel, [step({ tokens }), packed.words, x, new Float32Array(tokens * rows)], rowProductWorkgroups(rows / 4, width, tokens, 16));
        assert.ok(difference(new Float32Array(found), product(x, values, width)) < 4e-6);
      }
    });
  }

  it('gives a token the same result, bit for bit, whatever is computed beside it', async () => {
    const random = new Random(5);
    const [rows, width] = [16, 352];
    const packed = new PackedWeights(random);
    const { layout } = packed.matrix(rows, width, 4);
    const x = random.normals(5 * width);
    const run = async (tile: number, tokens: number, from: number) => {
      const part = x.slice(from * width, (from + tokens) * width);
      const kernel = projectToResidual('test', layout, tile, { subgroups: gpu().adapter.subgroupSize === 32 });
      const [, , , found] = await runKernel(gpu(), kernel, [step({ tokens }), packed.words, part, new Float32Array(tokens * rows)], rowProductWorkgroups(rows / 4, width, tokens, tile));
      return [...new Float32Array(found)];
    };
    const together = await run(4, 5, 0);
    for (let token = 0; token < 5; token++) assert.deepEqual(await run(1, 1, token), together.slice(token * rows, (token + 1) * rows));
  });

  it('is a valid shader where sums are taken by subgroups', async () => {
    for (const width of [64, 4096]) {
      const { layout } = new PackedWeights(new Random(1)).matrix(16, width, 4);
      gpu().device.pushErrorScope('validation');
      gpu().device.createShaderModule({ code: projectToResidual('test', layout, 4, { subgroups: true }).code });
      assert.equal(await gpu().device.popErrorScope(), null);
    }
  });

  it('norms, multiplies with gate and up, and activates', async () => {
    const random = new Random(7);
    const geometry = { ...tinyGeometry, width: 96, feedForwardWidth: 72 };
    const { width, feedForwardWidth, rmsNormEpsilon } = geometry;
    const tokens = 2;
    const packed = new PackedWeights(random);
    const norm = random.normals(width);
    const offset = packed.floats(norm);
    const { layout, values } = packed.matrix(2 * feedForwardWidth, width, 4);
    const x = random.normals(tokens * width, 3);
    const kernel = gateUp(geometry, layout, offset, 2, plain);
    const [, , , found] = await runKernel(gpu(), kernel, [step({ tokens }), packed.words, x, new Float32Array(tokens * feedForwardWidth)], rowProductWorkgroups(feedForwardWidth / 2, width, tokens, 2));
    const both = product(normed(x, norm, rmsNormEpsilon), values, width);
    const expected = Float64Array.from({ length: tokens * feedForwardWidth }, (_, i) => {
      const at = Math.floor(i / feedForwardWidth) * 2 * feedForwardWidth + i % feedForwardWidth;
      return silu(both[at]) * both[at + feedForwardWidth];
    });
    assert.ok(difference(new Float32Array(found), expected) < 3e-6);
  });

  it('writes logits of the rows that are asked for, from a vocabulary that is no multiple of four', async () => {
    const random = new Random(8);
    const geometry = { ...tinyGeometry, vocabulary: 101 };
    const { width, vocabulary, rmsNormEpsilon } = geometry;
    const packed = new PackedWeights(random);
    const norm = random.normals(width);
    const offset = packed.floats(norm);
    const { layout, values } = packed.matrix(vocabulary, width, 4, true);
    const x = random.normals(5 * width);
    const kernel = head(geometry, layout, offset, 2, plain);
    const contents = [step({ tokens: 5, rows: 2, firstRow: 3 }), packed.words, x, new Float32Array(2 * vocabulary)];
    const [, , , found] = await runKernel(gpu(), kernel, contents, rowProductWorkgroups(Math.ceil(vocabulary / 4), width, 2, 2));
    const expected = product(normed(x.slice(3 * width), norm, rmsNormEpsilon), values, width);
    assert.ok(difference(new Float32Array(found), expected) < 3e-6);
  });

  it('looks tokens up in the table', async () => {
    const packed = new PackedWeights(new Random(9));
    const { layout, values } = packed.matrix(50, 64, 4, true);
    const ids = [49, 0, 17];
    const [, , , found] = await runKernel(gpu(), embed(layout), [step({ tokens: 3 }), packed.words, Uint32Array.from(ids), new Float32Array(3 * 64)], [1]);
    assert.deepEqual([...new Float32Array(found)], ids.flatMap((id) => [...values.subarray(id * 64, (id + 1) * 64)]));
  });
});
