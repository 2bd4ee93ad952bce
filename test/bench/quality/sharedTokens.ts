/**
 * The lexical baseline that the memory is compared with: ranks a repository's segments by the rare tokens that they share
 * with a query. The same formula as `SegmentIndex` in models/training/sparsek_code/data.py.
 */
export class SharedTokens {
  private readonly frequency = new Map<number, number>();

  /** @param segments all of the repository, which tell how rare a token is */
  constructor(private readonly segments: readonly Int32Array[]) {
    for (const segment of segments) {
      for (const token of new Set(segment)) this.frequency.set(token, (this.frequency.get(token) ?? 0) + 1);
    }
  }

  /** Sum over the shared token ids of log(1 + N / document frequency), over sqrt(distinct ids of the segment + 1). */
  relevance(query: Int32Array, segment: Int32Array): number {
    const wanted = new Set(query);
    const distinct = new Set(segment);
    let sum = 0;
    for (const token of distinct) {
      if (wanted.has(token)) sum += Math.log1p(this.segments.length / Math.max(1, this.frequency.get(token) ?? 0));
    }
    return sum / Math.sqrt(distinct.size + 1);
  }
}
