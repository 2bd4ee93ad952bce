/**
 * A SparseK memory detached from any cache: for every layer and KV head the kept entries of some text, in source order.
 * Scores do not look at queries (arXiv 2406.16747), so memories of different texts can be merged: top-k of a union is
 * top-k of the parts' top-k.
 *
 * Layouts, row-major, `[layers, keyValueHeads, count, ...]`:
 */
export interface Memory {
  readonly layers: number;
  readonly keyValueHeads: number;
  readonly headDim: number;
  /** Entries per layer and KV head. */
  readonly count: number;
  /** `[layers, keyValueHeads, count, headDim]`, before rotation (as if at position 0). */
  readonly keys: Float32Array;
  /** `[layers, keyValueHeads, count, headDim]` */
  readonly values: Float32Array;
  /** `[layers, keyValueHeads, count]`, fp32 always: 16 bits flip members of the top k. */
  readonly scores: Float32Array;
  /** `[layers, keyValueHeads, count]`: the order of the entries; ascending within a layer and head. */
  readonly sources: Int32Array;
}
