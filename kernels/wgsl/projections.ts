import type { Geometry } from '../../src/engine/model';
import type { Features, Kernel } from './kernel';
import type { MatrixLayout } from './packing';
import { rowProduct, rowsPerUnit } from './rowProduct';

/**
 * residual += W x: attention's output and the feed-forward's way down.
 *
 * Buffers behind `step`, `weights`, `x` `[tokens, width of W]`: `residual` float32 `[tokens, rows of W]`.
 */
export function projectToResidual(name: string, matrix: MatrixLayout, tile: number, features: Features): Kernel {
  const units = matrix.rows / rowsPerUnit;
  return rowProduct({
    name, tile, matrix, units,
    row: (i) => `unit * ${rowsPerUnit}u + ${i}u`,
    buffers: [['write', 'residual', 'array<vec4<f32>>']],
    finish: `
fn finish(unit: u32, token: u32, sum: vec4<f32>) {
  let at = token * ${units}u + unit;
  residual[at] = residual[at] + sum;
}`,
  }, features);
}

/**
 * silu(gate f(x)) * (up f(x)), f the norm: the feed-forward's first half. A unit holds two rows of gate and the same two of up.
 *
 * Buffers behind `step`, `weights`, `x` `[tokens, width]`: `activated` float32 `[tokens, feedForwardWidth]`.
 *
 * @param matrix gate on top of up
 * @param norm offset of the norm's weights, in words
 */
export function gateUp({ feedForwardWidth, rmsNormEpsilon }: Geometry, matrix: MatrixLayout, norm: number, tile: number, features: Features): Kernel {
  return rowProduct({
    name: 'gateUp', tile, matrix, units: feedForwardWidth / 2,
    row: (i) => `unit * 2u + ${(i >> 1) * feedForwardWidth + (i & 1)}u`,
    norm: { weight: norm, epsilon: rmsNormEpsilon },
    buffers: [['write', 'activated', 'array<vec2<f32>>']],
    finish: `
fn finish(unit: u32, token: u32, sum: vec4<f32>) {
  activated[token * ${feedForwardWidth / 2}u + unit] = sum.xy / (1.0 + exp(-sum.xy)) * sum.zw;
}`,
  }, features);
}

/**
 * Logits of `step.rows` tokens from `step.firstRow` on: the final norm and the embedding table as head.
 *
 * Buffers behind `step`, `weights`, `x` `[tokens, width]`: `logits` float32 `[rows, vocabulary]`.
 */
export function head({ vocabulary, rmsNormEpsilon }: Geometry, matrix: MatrixLayout, norm: number, tile: number, features: Features): Kernel {
  return rowProduct({
    name: 'head', tile, matrix, units: Math.ceil(vocabulary / rowsPerUnit),
    row: (i) => `min(unit * ${rowsPerUnit}u + ${i}u, ${vocabulary - 1}u)`,
    norm: { weight: norm, epsilon: rmsNormEpsilon },
    input: { first: 'step.firstRow', count: 'step.rows' },
    buffers: [['write', 'logits', 'array<f32>']],
    finish: `
fn finish(unit: u32, token: u32, sum: vec4<f32>) {
  let row = unit * ${rowsPerUnit}u;
  for (var i = 0u; i < ${rowsPerUnit}u && row + i < ${vocabulary}u; i++) { logits[token * ${vocabulary}u + row + i] = sum[i]; }
}`,
  }, features);
}
