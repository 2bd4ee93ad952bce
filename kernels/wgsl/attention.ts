import type { Geometry } from '../../src/engine/model';
import { declareBindings, repeat, stepStruct, type Kernel } from './kernel';

export const attentionThreads = 128;
/** Stands for minus infinity: differences of it stay finite. */
const least = '-1e30';

/** Query rows of a workgroup: the query heads of one KV head, token by token. */
export const queryRows = 16;

/**
 * Causal attention over the slots in use, blockwise with a running softmax (Dao et al. 2022, arXiv 2205.14135), the slots
 * shared out among workgroups where there are few queries (split-K). Query heads of one KV head are rows of one block, so
 * that keys and values are read once for all of them.
 *
 * Workgroups `[ceil(tokens * queryHeads / keyValueHeads / 16), keyValueHeads, splits]`.
 *
 * Bindings: `step`, `query` float32 `[tokens, queryHeads, headDim]`, `keys`, `values` float32 `[keyValueHeads, slots,
 * headDim]`, `partials` float32 `[splits, tokens, queryHeads, headDim]` (not yet divided), `extent` `[splits, tokens,
 * queryHeads]` of (largest logit, sum of exponentials).
 */
export function attention({ queryHeads, keyValueHeads, headDim }: Geometry): Kernel {
  const group = queryHeads / keyValueHeads;
  const vectors = headDim / 4;
  // Keys and values of a tile fit in the 32 KB of workgroup memory that nearly every GPU has.
  const slotTile = headDim > 64 ? 16 : 32;
  const rowsPerThread = queryRows / (attentionThreads / slotTile);
  const outputGroups = Math.floor(attentionThreads / vectors);
  const outputRows = Math.ceil(queryRows / outputGroups);
  const { text, bindings } = declareBindings([
    ['uniform', 'step', 'Step'], ['read', 'query', 'array<vec4<f32>>'], ['read', 'keys', 'array<vec4<f32>>'], ['read', 'values', 'array<vec4<f32>>'],
    ['write', 'partials', 'array<vec4<f32>>'], ['write', 'extent', 'array<vec2<f32>>'],
  ]);
  const code = `
${stepStruct}
${text}
const keyStride = ${vectors + 1}u;
var<workgroup> queries: array<vec4<f32>, ${queryRows * vectors}>;
var<workgroup> keyTile: array<vec4<f32>, ${slotTile * (vectors + 1)}>;
var<workgroup> valueTile: array<vec4<f32>, ${slotTile * vectors}>;
var<workgroup> logits: array<f32, ${queryRows * slotTile}>;
var<workgroup> largest: array<f32, ${queryRows}>;
var<workgroup> shrink: array<f32, ${queryRows}>;

@compute @workgroup_size(${attentionThreads})
fn main(@builtin(workgroup_id) block: vec3<u32>, @builtin(local_invocation_index) index: u32) {
  let head = block.y;
  let firstRow = block.x * ${queryRows}u;
  let rows = min(${queryRows}u, step.tokens * ${group}u - firstRow);
  let begin = block.z * step.splitLength;
  let last = step.first + (firstRow + rows - 1u) / ${group}u;
  let end = min(begin + step.splitLength, last + 1u);
  for (var i = index; i < ${queryRows * vectors}u; i += ${attentionThreads}u) {
    let row = firstRow + min(i / ${vectors}u, rows - 1u);
    queries[i] = query[((row / ${group}u) * ${queryHeads}u + head * ${group}u + row % ${group}u) * ${vectors}u + i % ${vectors}u] * ${1 / Math.sqrt(headDim)};
  }
  if (index < ${queryRows}u) { largest[index] = ${least}; }

  let slotInTile = index % ${slotTile}u;
  let logitRow = (index / ${slotTile}u) * ${rowsPerThread}u;
  let vector = index % ${vectors}u;
  let outputRow = (index / ${vectors}u) * ${outputRows}u;
  ${repeat(outputRows, (i) => `var sum${i} = vec4<f32>(); var weight${i} = 0.0;`)}
  for (var tile = begin; tile < end; tile += ${slotTile}u) {
    workgroupBarrier();
    for (var i = index; i < ${slotTile * vectors}u; i += ${attentionThreads}u) {
      let slot = min(tile + i / ${vectors}u, end - 1u);
      // Both at once: whoever waits for memory waits once a tile.
      let at = (head * step.slots + slot) * ${vectors}u + i % ${vectors}u;
      keyTile[(i / ${vectors}u) * keyStride + i % ${vectors}u] = keys[at];
      valueTile[i] = values[at];
    }
    workgroupBarrier();
    let slot = tile + slotInTile;
    ${repeat(rowsPerThread, (i) => `var logit${i} = 0.0;`, ' ')}
    for (var i = 0u; i < ${vectors}u; i++) {
      let key = keyTile[slotInTile * keyStride + i];
      ${repeat(rowsPerThread, (i) => `logit${i} += dot(queries[(logitRow + ${i}u) * ${vectors}u + i], key);`)}
    }
    ${repeat(rowsPerThread, (i) => `
    logit${i} = select(${least}, logit${i}, slot < end && slot <= step.first + (firstRow + logitRow + ${i}u) / ${group}u);
    logits[(logitRow + ${i}u) * ${slotTile}u + slotInTile] = logit${i};`)}
    workgroupBarrier();
    if (index < ${queryRows}u) {
      var top = largest[index];
      for (var i = 0u; i < ${slotTile}u; i++) { top = max(top, logits[index * ${slotTile}u + i]); }
      shrink[index] = exp(largest[index] - top);
      largest[index] = top;
    }
    workgroupBarrier();
    ${repeat(rowsPerThread, (i) => `logits[(logitRow + ${i}u) * ${slotTile}u + slotInTile] = select(0.0, exp(logit${i} - largest[logitRow + ${i}u]), logit${i} > ${least});`)}
    workgroupBarrier();
    if (outputRow < ${queryRows}u) {
      ${repeat(outputRows, (i) => `{ let s = shrink[min(outputRow + ${i}u, ${queryRows - 1}u)]; sum${i} *= s; weight${i} *= s; }`)}
      let count = min(${slotTile}u, end - tile);
      for (var i = 0u; i < count; i++) {
        let value = valueTile[i * ${vectors}u + vector];
        ${repeat(outputRows, (r) => `{ let p = logits[min(outputRow + ${r}u, ${queryRows - 1}u) * ${slotTile}u + i]; sum${r} += p * value; weight${r} += p; }`)}
      }
    }
  }
  ${repeat(outputRows, (i) => `
  if (outputRow + ${i}u < rows && index < ${outputGroups * vectors}u) {
    let row = firstRow + outputRow + ${i}u;
    let at = (block.z * step.tokens + row / ${group}u) * ${queryHeads}u + head * ${group}u + row % ${group}u;
    partials[at * ${vectors}u + vector] = sum${i};
    if (vector == 0u) { extent[at] = vec2<f32>(largest[outputRow + ${i}u], weight${i}); }
  }`)}
}`;
  return { name: 'attention', code, bindings };
}

/** Threads that share the splits of four features: one that takes them all waits for each in turn. */
const combineLanes = 8;

/**
 * Joins the splits of {@link attention}: each counts by its sum of exponentials. A workgroup takes a query head of a token,
 * a lane every eighth split of four features; splits that hold nothing change no bit. Workgroups `[tokens * queryHeads]`.
 *
 * Bindings: `step`, `partials`, `extent`, `attended` float32 `[tokens, queryHeads, headDim]`.
 */
export function combine({ queryHeads, headDim }: Geometry): Kernel {
  const vectors = headDim / 4;
  const { text, bindings } = declareBindings([
    ['uniform', 'step', 'Step'], ['read', 'partials', 'array<vec4<f32>>'], ['read', 'extent', 'array<vec2<f32>>'], ['write', 'attended', 'array<vec4<f32>>'],
  ]);
  const code = `
${stepStruct}
${text}
var<workgroup> sums: array<vec4<f32>, ${combineLanes * vectors}>;
var<workgroup> tops: array<f32, ${combineLanes}>;
var<workgroup> weights: array<f32, ${combineLanes}>;

@compute @workgroup_size(${combineLanes * vectors})
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) index: u32) {
  let rows = step.tokens * ${queryHeads}u;
  let row = group.x;
  let lane = index / ${vectors}u;
  let vector = index % ${vectors}u;
  var top = ${least};
  for (var split = lane; split < step.splits; split += ${combineLanes}u) { top = max(top, extent[split * rows + row].x); }
  var sum = vec4<f32>();
  var weight = 0.0;
  for (var split = lane; split < step.splits; split += ${combineLanes}u) {
    let at = split * rows + row;
    let part = exp(extent[at].x - top);
    sum += part * partials[at * ${vectors}u + vector];
    weight += part * extent[at].y;
  }
  sums[index] = sum;
  if (vector == 0u) { tops[lane] = top; weights[lane] = weight; }
  workgroupBarrier();
  if (lane > 0u) { return; }
  for (var i = 1u; i < ${combineLanes}u; i++) { top = max(top, tops[i]); }
  sum = vec4<f32>();
  weight = 0.0;
  for (var i = 0u; i < ${combineLanes}u; i++) {
    let part = exp(tops[i] - top);
    sum += part * sums[i * ${vectors}u + vector];
    weight += part * weights[i];
  }
  attended[row * ${vectors}u + vector] = sum / weight;
}`;
  return { name: 'combine', code, bindings };
}
