import type { Geometry } from '../../src/engine/model';
import type { LayerGroup } from '../layerGroups';
import { declareBindings, stepStruct, type Kernel } from './kernel';

export const scoreThreads = 64;

/** Where all layers' last scorer matrices lie; offsets in words, one a layer. */
export interface ScorerOutputs {
  /** float32 `[keyValueHeads, scorerHidden]` */
  readonly weights: readonly number[];
  /** float32 `[keyValueHeads]` */
  readonly biases: readonly number[];
}

/**
 * The SparseK scores (arXiv 2406.16747, section 3) of the new tokens in a group of layers, fp32, and the tokens'
 * sources. Not on the way from layer to layer, so once a run is enough. One thread a score; workgroups
 * `[ceil(tokens / 64), layers * keyValueHeads]`, of the group's layers.
 *
 * Bindings: `step`, `weights` (outputs of all scorers), `features` float32 `[all layers, capacity, scorer rows]`,
 * `scores` float32 and `sources` int32 `[layers, keyValueHeads, slots]`.
 *
 * @param outputs of scorers with a hidden layer; without one the features are the scores
 */
export function scores({ layers, keyValueHeads, scorerHidden }: Geometry, outputs: ScorerOutputs | undefined, capacity: number, { firstLayer }: Pick<LayerGroup, 'firstLayer'> = { firstLayer: 0 }): Kernel {
  const rows = scorerHidden > 0 ? scorerHidden : keyValueHeads;
  const { text, bindings } = declareBindings([
    ['uniform', 'step', 'Step'], ['read', 'weights', 'array<f32>'], ['read', 'features', 'array<f32>'],
    ['write', 'scores', 'array<f32>'], ['write', 'sources', 'array<i32>'],
  ]);
  const table = (values: readonly number[]) => `array<u32, ${layers}>(${values.map((value) => `${value}u`).join(', ')})`;
  const code = `
${stepStruct}
${text}
${outputs === undefined ? '' : `
const matrices = ${table(outputs.weights)};
const biases = ${table(outputs.biases)};`}

@compute @workgroup_size(${scoreThreads})
fn main(@builtin(global_invocation_id) thread: vec3<u32>) {
  let token = thread.x;
  let layer = ${firstLayer}u + thread.y / ${keyValueHeads}u;
  let head = thread.y % ${keyValueHeads}u;
  if (token >= step.tokens) { return; }
  let at = (layer * ${capacity}u + token) * ${rows}u;
  ${outputs === undefined ? `
  // The buffer is not read without a hidden layer, but bound all the same.
  let score = features[at + head] + 0.0 * weights[0];` : `
  let row = matrices[layer] + head * ${rows}u;
  var score = weights[biases[layer] + head];
  for (var i = 0u; i < ${rows}u; i++) { score += weights[row + i] * features[at + i]; }`}
  let slot = thread.y * step.slots + step.first + token;
  scores[slot] = score;
  sources[slot] = step.source + i32(token);
}`;
  return { name: 'scores', code, bindings };
}
