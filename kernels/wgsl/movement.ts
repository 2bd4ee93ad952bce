import type { Geometry } from '../../src/engine/model';
import { declareBindings, type Kernel } from './kernel';
import { moveStruct, originOfMoved } from './selection';

export const moveThreads = 64;

/**
 * One layer's moved entries, copied out: keys turned from the slot they stood in to the one they take (or to 0), values as
 * they are. A thread turns two features and copies two. Workgroups `[ceil(moved * headDim / 2 / 64), keyValueHeads]`.
 *
 * Bindings: `moves`, `layer` uniform u32, `rotary` `[slots, headDim/2]` of (cosine, sine), `origins` u32 `[layers,
 * keyValueHeads, kept]`, `keys`, `values` float32 `[keyValueHeads, slots, headDim]`, `movedKeys`, `movedValues` float32
 * `[keyValueHeads, moved, headDim]`.
 */
export function gatherMoved({ keyValueHeads, headDim }: Geometry): Kernel {
  const half = headDim / 2;
  const { text, bindings } = declareBindings([
    ['uniform', 'moves', 'Move'], ['uniform', 'layer', 'vec4<u32>'], ['read', 'rotary', 'array<vec2<f32>>'], ['read', 'origins', 'array<u32>'],
    ['read', 'keys', 'array<f32>'], ['read', 'values', 'array<f32>'], ['write', 'movedKeys', 'array<f32>'], ['write', 'movedValues', 'array<f32>'],
  ]);
  const code = `
${moveStruct}
${text}
${originOfMoved}

@compute @workgroup_size(${moveThreads})
fn main(@builtin(global_invocation_id) thread: vec3<u32>) {
  let i = thread.x / ${half}u;
  let feature = thread.x % ${half}u;
  if (i >= moves.moved) { return; }
  let origin = originOf(layer.x * ${keyValueHeads}u + thread.y, i);
  let shift = i32(select(moves.memoryStart + i, 0u, moves.detached == 1u)) - i32(origin);
  let old = (thread.y * moves.slots + origin) * ${headDim}u + feature;
  let to = (thread.y * moves.moved + i) * ${headDim}u + feature;
  let angle = rotary[u32(abs(shift)) * ${half}u + feature];
  let sine = select(angle.y, -angle.y, shift < 0);
  let first = keys[old];
  let second = keys[old + ${half}u];
  movedKeys[to] = first * angle.x - second * sine;
  movedKeys[to + ${half}u] = second * angle.x + first * sine;
  movedValues[to] = values[old];
  movedValues[to + ${half}u] = values[old + ${half}u];
}`;
  return { name: 'gatherMoved', code, bindings };
}

/**
 * Writes one layer's moved entries to their slots. Workgroups `[ceil(moved * headDim / 64), keyValueHeads]`.
 *
 * Bindings: `moves`, `movedKeys`, `movedValues`, `keys`, `values`, shaped as in {@link gatherMoved}.
 */
export function settleMoved({ headDim }: Geometry): Kernel {
  const { text, bindings } = declareBindings([
    ['uniform', 'moves', 'Move'], ['read', 'movedKeys', 'array<f32>'], ['read', 'movedValues', 'array<f32>'],
    ['write', 'keys', 'array<f32>'], ['write', 'values', 'array<f32>'],
  ]);
  const code = `
${moveStruct}
${text}

@compute @workgroup_size(${moveThreads})
fn main(@builtin(global_invocation_id) thread: vec3<u32>) {
  if (thread.x >= moves.moved * ${headDim}u) { return; }
  let old = thread.y * moves.moved * ${headDim}u + thread.x;
  let to = (thread.y * moves.slots + moves.memoryStart) * ${headDim}u + thread.x;
  keys[to] = movedKeys[old];
  values[to] = movedValues[old];
}`;
  return { name: 'settleMoved', code, bindings };
}

/**
 * The moved entries' scores and sources, all layers. Workgroups `[ceil(moved / 64), layers * keyValueHeads]`. Scores are
 * moved as bits.
 *
 * Bindings: `moves`, `origins`, `scores`, `sources` `[layers, keyValueHeads, slots]`, `movedScores`, `movedSources`
 * `[layers, keyValueHeads, moved]`.
 */
export function gatherScores(): Kernel {
  const { text, bindings } = declareBindings([
    ['uniform', 'moves', 'Move'], ['read', 'origins', 'array<u32>'], ['read', 'scores', 'array<u32>'], ['read', 'sources', 'array<i32>'],
    ['write', 'movedScores', 'array<u32>'], ['write', 'movedSources', 'array<i32>'],
  ]);
  const code = `
${moveStruct}
${text}
${originOfMoved}

@compute @workgroup_size(${moveThreads})
fn main(@builtin(global_invocation_id) thread: vec3<u32>) {
  if (thread.x >= moves.moved) { return; }
  let old = thread.y * moves.slots + originOf(thread.y, thread.x);
  movedScores[thread.y * moves.moved + thread.x] = scores[old];
  movedSources[thread.y * moves.moved + thread.x] = sources[old];
}`;
  return { name: 'gatherScores', code, bindings };
}

/** Writes scores and sources to their slots; workgroups and buffers as in {@link gatherScores}, without origins. */
export function settleScores(): Kernel {
  const { text, bindings } = declareBindings([
    ['uniform', 'moves', 'Move'], ['read', 'movedScores', 'array<u32>'], ['read', 'movedSources', 'array<i32>'],
    ['write', 'scores', 'array<u32>'], ['write', 'sources', 'array<i32>'],
  ]);
  const code = `
${moveStruct}
${text}

@compute @workgroup_size(${moveThreads})
fn main(@builtin(global_invocation_id) thread: vec3<u32>) {
  if (thread.x >= moves.moved) { return; }
  let to = thread.y * moves.slots + moves.memoryStart + thread.x;
  scores[to] = movedScores[thread.y * moves.moved + thread.x];
  sources[to] = movedSources[thread.y * moves.moved + thread.x];
}`;
  return { name: 'settleScores', code, bindings };
}

/**
 * Turns one layer's keys at `moved` slots from `memoryStart` on, which stand there as if at position 0, to their slots.
 * Workgroups `[ceil(moved * headDim / 2 / 64), keyValueHeads]`.
 *
 * Bindings: `moves`, `rotary`, `keys` as in {@link gatherMoved}.
 */
export function turnInserted({ headDim }: Geometry): Kernel {
  const half = headDim / 2;
  const { text, bindings } = declareBindings([['uniform', 'moves', 'Move'], ['read', 'rotary', 'array<vec2<f32>>'], ['write', 'keys', 'array<f32>']]);
  const code = `
${moveStruct}
${text}

@compute @workgroup_size(${moveThreads})
fn main(@builtin(global_invocation_id) thread: vec3<u32>) {
  let i = thread.x / ${half}u;
  let feature = thread.x % ${half}u;
  if (i >= moves.moved) { return; }
  let slot = moves.memoryStart + i;
  let at = (thread.y * moves.slots + slot) * ${headDim}u + feature;
  let angle = rotary[slot * ${half}u + feature];
  let first = keys[at];
  let second = keys[at + ${half}u];
  keys[at] = first * angle.x - second * angle.y;
  keys[at + ${half}u] = second * angle.x + first * angle.y;
}`;
  return { name: 'turnInserted', code, bindings };
}
