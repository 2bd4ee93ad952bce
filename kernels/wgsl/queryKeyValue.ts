import type { Geometry } from '../../src/engine/model';
import type { Features, Kernel } from './kernel';
import type { MatrixLayout } from './packing';
import { rowProduct, rowsPerUnit } from './rowProduct';

/** What the layer's first dispatch reads, in one buffer; offsets in words. */
export interface AttentionWeights {
  readonly norm: number;
  readonly queryKeyValue: MatrixLayout;
  readonly bias: number;
  /** First matrix of the scorer, `[scorerHidden, width]`, or its only one, `[keyValueHeads, width]`. */
  readonly scorer: MatrixLayout;
  readonly scorerBias: number;
}

/**
 * The first half of attention in one dispatch: norm, query, key and value with bias, rotation by position, and the new
 * keys and values written to their slots; and beside it, from the same normed input in fp32, the scorer's first layer.
 *
 * A unit holds two neighbouring features of a head and the two that they turn together with.
 *
 * Buffers behind `step`, `weights`, `x` `[tokens, width]`:
 * - `layer` uniform u32, which layer this is
 * - `rotary` `[slots, headDim/2]` of (cosine, sine)
 * - `query` float32 `[tokens, queryHeads, headDim]`, rotated
 * - `keys`, `values` float32 `[keyValueHeads, slots, headDim]` of this layer
 * - `features` float32 `[layers, capacity, scorer rows]`, behind the activation
 */
export function queryKeyValue(geometry: Geometry, weights: AttentionWeights, tile: number, capacity: number, features: Features): Kernel {
  const { queryHeads, keyValueHeads, headDim, rmsNormEpsilon, scorerHidden } = geometry;
  const half = headDim / 2;
  const unitsPerHead = headDim / rowsPerUnit;
  const heads = queryHeads + 2 * keyValueHeads;
  const units = heads * unitsPerHead;
  const { rows: scorerRows } = weights.scorer;
  const offsetOf = (i: number) => (i >> 1) * half + (i & 1);
  return rowProduct({
    name: 'queryKeyValue', tile, matrix: weights.queryKeyValue, units, side: weights.scorer,
    row: (i) => `(unit / ${unitsPerHead}u) * ${headDim}u + (unit % ${unitsPerHead}u) * 2u + ${offsetOf(i)}u`,
    norm: { weight: weights.norm, epsilon: rmsNormEpsilon },
    buffers: [
      ['uniform', 'layer', 'vec4<u32>'], ['read', 'rotary', 'array<vec2<f32>>'], ['write', 'query', 'array<f32>'],
      ['write', 'keys', 'array<f32>'], ['write', 'values', 'array<f32>'], ['write', 'features', 'array<f32>'],
    ],
    finish: `
fn finish(unit: u32, token: u32, sum: vec4<f32>) {
  if (unit >= ${units}u) {
    scorerFeatures((unit - ${units}u) * ${rowsPerUnit}u, token, sum);
    return;
  }
  let head = unit / ${unitsPerHead}u;
  let feature = (unit % ${unitsPerHead}u) * 2u;
  let bias = ${weights.bias}u + head * ${headDim}u + feature;
  var y = sum + vec4<f32>(bitcast<f32>(weights[bias]), bitcast<f32>(weights[bias + 1u]), bitcast<f32>(weights[bias + ${half}u]), bitcast<f32>(weights[bias + ${half + 1}u]));
  let slot = step.first + token;
  if (head < ${queryHeads + keyValueHeads}u) {
    let first = rotary[slot * ${half}u + feature];
    let second = rotary[slot * ${half}u + feature + 1u];
    y = vec4<f32>(y.x * first.x - y.z * first.y, y.y * second.x - y.w * second.y, y.z * first.x + y.x * first.y, y.w * second.x + y.y * second.y);
  }
  if (head < ${queryHeads}u) {
    let at = (token * ${queryHeads}u + head) * ${headDim}u + feature;
    query[at] = y.x; query[at + 1u] = y.y; query[at + ${half}u] = y.z; query[at + ${half + 1}u] = y.w;
  } else if (head < ${queryHeads + keyValueHeads}u) {
    let at = ((head - ${queryHeads}u) * step.slots + slot) * ${headDim}u + feature;
    keys[at] = y.x; keys[at + 1u] = y.y; keys[at + ${half}u] = y.z; keys[at + ${half + 1}u] = y.w;
  } else {
    let at = ((head - ${queryHeads + keyValueHeads}u) * step.slots + slot) * ${headDim}u + feature;
    values[at] = y.x; values[at + 1u] = y.y; values[at + ${half}u] = y.z; values[at + ${half + 1}u] = y.w;
  }
}

fn scorerFeatures(row: u32, token: u32, sum: vec4<f32>) {
  for (var i = 0u; i < ${rowsPerUnit}u && row + i < ${scorerRows}u; i++) {
    let y = sum[i] + bitcast<f32>(weights[${weights.scorerBias}u + row + i]);
    features[(layer.x * ${capacity}u + token) * ${scorerRows}u + row + i] = ${scorerHidden > 0 ? 'y / (1.0 + exp(-y))' : 'y'};
  }
}`,
  }, features);
}

/** Units of a {@link queryKeyValue} dispatch. */
export function queryKeyValueUnits({ queryHeads, keyValueHeads, headDim }: Geometry, scorerRows: number): number {
  return (queryHeads + 2 * keyValueHeads) * headDim / rowsPerUnit + Math.ceil(scorerRows / rowsPerUnit);
}
