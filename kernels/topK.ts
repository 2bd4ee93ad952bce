/**
 * The `k` best of `count` candidates by score, ties to the higher source index, answered as candidate numbers in
 * ascending source order. This is the hard selection of SparseK: at the forward pass only the top k matter.
 *
 * Expected time O(count); `scores` may hold infinities, and NaN counts as the worst.
 *
 * @param scores `[count]`
 * @param sources `[count]`, in any order
 */
export function topK(scores: Float32Array, sources: Int32Array, count: number, k: number): Uint32Array {
  const order = new Uint32Array(count);
  for (let i = 0; i < count; i++) order[i] = i;
  if (k < count) partition(order, scores, sources, k);
  const kept = order.subarray(0, Math.min(k, count)).sort();
  for (let i = 1; i < kept.length; i++) {
    // Candidates usually come in source order, and a numeric sort is then enough.
    if (sources[kept[i]] < sources[kept[i - 1]]) return kept.sort((a, b) => sources[a] - sources[b] || a - b);
  }
  return kept;
}

/** Quickselect: afterwards the first k of `order` are the best k, in no order. */
function partition(order: Uint32Array, scores: Float32Array, sources: Int32Array, k: number): void {
  const better = (a: number, b: number): boolean => {
    const difference = scores[a] - scores[b];
    if (difference !== 0 && !Number.isNaN(difference)) return difference > 0;
    if (scores[a] === scores[b]) return sources[a] !== sources[b] ? sources[a] > sources[b] : a > b;
    return Number.isNaN(scores[b]) && (!Number.isNaN(scores[a]) || sources[a] > sources[b] || (sources[a] === sources[b] && a > b));
  };
  let left = 0;
  let right = order.length - 1;
  while (left < right) {
    const pivot = order[(left + right) >> 1];
    let i = left;
    let j = right;
    while (i <= j) {
      while (better(order[i], pivot)) i++;
      while (better(pivot, order[j])) j--;
      if (i > j) break;
      const swapped = order[i];
      order[i++] = order[j];
      order[j--] = swapped;
    }
    if (k - 1 <= j) right = j;
    else if (k - 1 >= i) left = i;
    else return;
  }
}
