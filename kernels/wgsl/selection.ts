import { declareBindings, type Kernel } from './kernel';

export const selectionThreads = 64;

/**
 * The uniform of a compaction, in 32-bit words: the slots of memory and evicted, which compete; `kept` of them stay;
 * `moved` slots are written anew from `memoryStart` on, the kept ones and what follows them; `slots` is the stride of the
 * cache's heads; `detached` is 1 when the entries leave the cache, with keys turned back to position 0.
 */
export const moveStruct = `
struct Move { memoryStart: u32, memoryCount: u32, evictedStart: u32, evictedCount: u32, kept: u32, moved: u32, slots: u32, detached: u32 }
`;
export const moveWords = 8;

const slotOfCandidate = `
fn slotOf(candidate: u32) -> u32 {
  return select(moves.evictedStart + candidate - moves.memoryCount, moves.memoryStart + candidate, candidate < moves.memoryCount);
}`;

/**
 * Which candidates are among the best `kept` of their layer and KV head, by the rule of `kernels/topK.ts`: by score, of
 * equal scores the higher source, NaN last. Each candidate counts those before it: n^2 comparisons, all of them side by
 * side, which is less than a sort's dispatches for the few thousand candidates there are.
 *
 * Workgroups `[ceil(candidates / 64), layers * keyValueHeads]`. Bindings: `moves`, `scores` float32 (as bits) and `sources`
 * int32 `[layers, keyValueHeads, slots]`, `selected` u32 `[layers, keyValueHeads, candidates]`, 1 or 0.
 */
export function rankCandidates(): Kernel {
  const { text, bindings } = declareBindings([
    ['uniform', 'moves', 'Move'], ['read', 'scores', 'array<u32>'], ['read', 'sources', 'array<i32>'], ['write', 'selected', 'array<u32>'],
  ]);
  const code = `
${moveStruct}
${text}
${slotOfCandidate}

// Integers in the order of the scores; in bits, since shaders may take NaN for anything.
fn sortable(bits: u32) -> i32 {
  if ((bits & 0x7fffffffu) > 0x7f800000u) { return -2147483647 - 1; }
  if (bits == 0x80000000u) { return 0; }
  let whole = bitcast<i32>(bits);
  return whole ^ ((whole >> 31u) & 0x7fffffff);
}

@compute @workgroup_size(${selectionThreads})
fn main(@builtin(global_invocation_id) thread: vec3<u32>) {
  let count = moves.memoryCount + moves.evictedCount;
  if (thread.x >= count) { return; }
  let first = thread.y * moves.slots;
  let own = first + slotOf(thread.x);
  let key = sortable(scores[own]);
  let source = sources[own];
  var before = 0u;
  for (var i = 0u; i < count; i++) {
    let other = first + slotOf(i);
    let otherKey = sortable(scores[other]);
    let otherSource = sources[other];
    let later = otherSource > source || (otherSource == source && i > thread.x);
    before += select(0u, 1u, otherKey > key || (otherKey == key && later));
  }
  selected[thread.y * count + thread.x] = select(0u, 1u, before < moves.kept);
}`;
  return { name: 'rankCandidates', code, bindings };
}

/**
 * Puts the selected candidates in source order. Workgroups and candidates as in {@link rankCandidates}. Bindings: `moves`,
 * `sources`, `selected`, `origins` u32 `[layers, keyValueHeads, kept]`: the slots they stand in.
 */
export function placeSelected(): Kernel {
  const { text, bindings } = declareBindings([
    ['uniform', 'moves', 'Move'], ['read', 'sources', 'array<i32>'], ['read', 'selected', 'array<u32>'], ['write', 'origins', 'array<u32>'],
  ]);
  const code = `
${moveStruct}
${text}
${slotOfCandidate}

@compute @workgroup_size(${selectionThreads})
fn main(@builtin(global_invocation_id) thread: vec3<u32>) {
  let count = moves.memoryCount + moves.evictedCount;
  if (thread.x >= count || selected[thread.y * count + thread.x] == 0u) { return; }
  let first = thread.y * moves.slots;
  let source = sources[first + slotOf(thread.x)];
  var place = 0u;
  for (var i = 0u; i < count; i++) {
    let other = sources[first + slotOf(i)];
    let earlier = other < source || (other == source && i < thread.x);
    place += select(0u, selected[thread.y * count + i], earlier);
  }
  origins[thread.y * moves.kept + place] = slotOf(thread.x);
}`;
  return { name: 'placeSelected', code, bindings };
}

/** WGSL: the slot that moved slot `i` comes from. Behind the kept ones: what lay between memory and evicted, then what lay behind. */
export const originOfMoved = `
fn originOf(row: u32, i: u32) -> u32 {
  if (i < moves.kept) { return origins[row * moves.kept + i]; }
  let rest = i - moves.kept;
  let between = moves.evictedStart - moves.memoryStart - moves.memoryCount;
  return select(moves.evictedStart + moves.evictedCount + rest - between, moves.memoryStart + moves.memoryCount + rest, rest < between);
}`;
