import { declareBindings, stepStruct, type Kernel } from './kernel';
import { octetReader, octetStruct } from './octets';
import type { MatrixLayout } from './packing';

export const embedThreads = 64;

/**
 * The tokens' rows of the embedding table. One thread an octet; workgroups `[ceil(tokens * width / 8 / 64)]`.
 *
 * Bindings: `step`, `weights` (the head's packing), `ids` u32 `[tokens]`, `x` float32 `[tokens, width]`.
 */
export function embed(table: MatrixLayout): Kernel {
  const octets = table.width / 8;
  const { text, bindings } = declareBindings([
    ['uniform', 'step', 'Step'], ['read', 'weights', 'array<u32>'], ['read', 'ids', 'array<u32>'], ['write', 'x', 'array<vec4<f32>>'],
  ]);
  const code = `
${octetStruct}
${stepStruct}
${text}
${octetReader('weightsOf', table)}

@compute @workgroup_size(${embedThreads})
fn main(@builtin(global_invocation_id) thread: vec3<u32>) {
  let token = thread.x / ${octets}u;
  if (token >= step.tokens) { return; }
  let row = weightsOf(ids[token], thread.x % ${octets}u);
  x[thread.x * 2u] = row.low;
  x[thread.x * 2u + 1u] = row.high;
}`;
  return { name: 'embed', code, bindings };
}
