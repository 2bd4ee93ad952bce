/**
 * The `k` best of `count` candidates by score, ties to the higher source index, answered as candidate numbers in
 * ascending source order. This is the hard selection of SparseK: at the forward pass only the top k matter.
 *
 * Expected time O(count) when the candidates come in source order, as they do from a cache; otherwise they are sorted
 * first. `scores` may hold infinities, and NaN counts as the worst.
 *
 * @param scores `[count]`
 * @param sources `[count]`, in any order
 */
export function topK(scores: Float32Array, sources: Int32Array, count: number, k: number): Uint32Array {
  const order = isAscending(sources, count) ? undefined : orderBySource(sources, count);
  if (k >= count) return order ?? Uint32Array.from({ length: count }, (_, i) => i);
  const kept = new Uint32Array(Math.max(0, k));
  if (kept.length === 0) return kept;
  const keys = sortableKeys(scores, count);
  const threshold = largest(keys.slice(), kept.length);
  let above = 0;
  for (let i = 0; i < count; i++) if (keys[i] > threshold) above++;
  let ties = kept.length - above;
  // From the highest source down, so that of those on the threshold the most recent are taken.
  for (let next = kept.length, i = count - 1; next > 0; i--) {
    const candidate = order === undefined ? i : order[i];
    if (keys[candidate] > threshold || (keys[candidate] === threshold && ties-- > 0)) kept[--next] = candidate;
  }
  return kept;
}

function isAscending(sources: Int32Array, count: number): boolean {
  for (let i = 1; i < count; i++) if (sources[i] < sources[i - 1]) return false;
  return true;
}

function orderBySource(sources: Int32Array, count: number): Uint32Array {
  return Uint32Array.from({ length: count }, (_, i) => i).sort((a, b) => sources[a] - sources[b] || a - b);
}

/** Integers in the order of the scores: a float's bits, with the magnitude of negative ones turned round. NaN is below all. */
function sortableKeys(scores: Float32Array, count: number): Int32Array {
  const keys = new Int32Array(count);
  new Float32Array(keys.buffer).set(scores.subarray(0, count));
  for (let i = 0; i < count; i++) {
    const bits = keys[i];
    if ((bits & 0x7fffffff) > infinityBits) keys[i] = -0x80000000;
    // -0 becomes the 0 that it equals.
    else if (bits < 0) keys[i] = bits === -0x80000000 ? 0 : bits ^ 0x7fffffff;
  }
  return keys;
}

/** Beyond it, sign aside, a float32 is NaN. */
const infinityBits = 0x7f800000;

/** The k-th largest number by quickselect; reorders `keys`. */
function largest(keys: Int32Array, k: number): number {
  let left = 0;
  let right = keys.length - 1;
  while (left < right) {
    const pivot = keys[(left + right) >> 1];
    let i = left;
    let j = right;
    while (i <= j) {
      while (keys[i] > pivot) i++;
      while (keys[j] < pivot) j--;
      if (i > j) break;
      const swapped = keys[i];
      keys[i++] = keys[j];
      keys[j--] = swapped;
    }
    if (k - 1 <= j) right = j;
    else if (k - 1 >= i) left = i;
    else break;
  }
  return keys[k - 1];
}
