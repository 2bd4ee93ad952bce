import { declareBindings, type Kernel } from './kernel';

export const largestThreads = 256;
/** Workgroups that share a row. */
export const largestParts = 64;

/**
 * The largest logit of each row, so that eight bytes a part come back instead of the row. Of equal ones the first.
 * Workgroups `[64, rows]`; whoever reads the parts takes the best of 64.
 *
 * Bindings: `logits` float32 `[rows, vocabulary]`, `best` `[rows, 64]` of (bits of the logit, token).
 */
export function largestLogit(vocabulary: number): Kernel {
  const share = Math.ceil(vocabulary / largestParts);
  const { text, bindings } = declareBindings([['read', 'logits', 'array<f32>'], ['write', 'best', 'array<vec2<u32>>']]);
  const code = `
${text}
var<workgroup> values: array<f32, ${largestThreads}>;
var<workgroup> tokens: array<u32, ${largestThreads}>;

@compute @workgroup_size(${largestThreads})
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) index: u32) {
  var value = -3.4028234e38;
  var token = 0xffffffffu;
  let end = min((group.x + 1u) * ${share}u, ${vocabulary}u);
  for (var i = group.x * ${share}u + index; i < end; i += ${largestThreads}u) {
    let logit = logits[group.y * ${vocabulary}u + i];
    if (logit > value) { value = logit; token = i; }
  }
  values[index] = value;
  tokens[index] = token;
  for (var half = ${largestThreads / 2}u; half > 0u; half /= 2u) {
    workgroupBarrier();
    if (index < half) {
      let other = index + half;
      if (values[other] > values[index] || (values[other] == values[index] && tokens[other] < tokens[index])) {
        values[index] = values[other];
        tokens[index] = tokens[other];
      }
    }
  }
  if (index == 0u) { best[group.y * ${largestParts}u + group.x] = vec2<u32>(bitcast<u32>(values[0]), tokens[0]); }
}`;
  return { name: 'largestLogit', code, bindings };
}
