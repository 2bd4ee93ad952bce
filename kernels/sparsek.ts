/**
 * SPARSEK(z, k) = argmin over p in {0 <= p <= 1, sum p = k} of |p - z|^2, the differentiable relaxation of top-k
 * (arXiv 2406.16747, section 3.2). The solution is p = clip(z - tau, 0, 1). The engine selects hard with {@link topK};
 * this is the operator that training relaxes it to.
 *
 * @param z `[n]`, finite
 * @param k 0 <= k <= n, not necessarily whole
 * @returns p `[n]` and the threshold tau
 * @throws RangeError for k outside 0..n
 */
export function sparsek(z: ArrayLike<number>, k: number): { p: Float64Array; tau: number } {
  const n = z.length;
  if (!(k >= 0 && k <= n)) throw new RangeError(`k must lie between 0 and ${n}, not ${k}.`);
  const tau = threshold(Float64Array.from(z).sort().reverse(), k);
  const p = Float64Array.from(z, (value) => Math.min(1, Math.max(0, value - tau)));
  return { p, tau };
}

/**
 * The Jacobian-vector product of {@link sparsek} at p: J = diag(s) - s s^T / (1^T s), s = 1 where 0 < p < 1. The Jacobian
 * is symmetric, so this is the backward pass as well. Zero where every entry is at a bound.
 */
export function sparsekJacobianProduct(p: Float64Array, v: ArrayLike<number>): Float64Array {
  let inside = 0;
  let sum = 0;
  for (let i = 0; i < p.length; i++) {
    if (p[i] <= 0 || p[i] >= 1) continue;
    inside++;
    sum += v[i];
  }
  const mean = inside === 0 ? 0 : sum / inside;
  return p.map((value, i) => (value > 0 && value < 1 ? v[i] - mean : 0));
}

/**
 * With z sorted downwards, the first `ones` entries at 1 and those up to `positives` above 0, the sum of p is
 * `sum of z in between - (positives - ones) * tau + ones`. Lower tau from the largest z, past one breakpoint at a time
 * (an entry leaves 0 at z, reaches 1 at z - 1), until the sum reaches k.
 */
function threshold(sorted: Float64Array, k: number): number {
  let ones = 0;
  let positives = 0;
  let between = 0;
  let tau = sorted.length === 0 ? 0 : sorted[0];
  while (ones < sorted.length) {
    const nextPositive = positives < sorted.length ? sorted[positives] : -Infinity;
    const nextOne = ones < positives ? sorted[ones] - 1 : -Infinity;
    const next = Math.max(nextPositive, nextOne);
    const slope = positives - ones;
    const exact = slope === 0 ? tau : (between + ones - k) / slope;
    if (ones + between - slope * next >= k) return exact;
    tau = next;
    if (nextPositive >= nextOne) between += sorted[positives++];
    else between -= sorted[ones++];
  }
  return tau;
}
