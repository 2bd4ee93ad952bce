/**
 * Which tokens a memory keeps, counted from where its entries come from.
 *
 * @param sources `[layers, keyValueHeads, entries]`: as `BoundedCache.sources` has them
 */
export class KeptEntries {
  /** Layers times KV heads: a token that all of them keep is kept whole. */
  readonly rows: number;

  constructor(private readonly sources: Int32Array, readonly layers: number, readonly keyValueHeads: number) {
    this.rows = layers * keyValueHeads;
  }

  /** The part of all entries that comes from `count` sources, `first` and those behind it. */
  share(first: number, count: number): number {
    let own = 0;
    for (const source of this.sources) if (source >= first && source < first + count) own++;
    return own / Math.max(1, this.sources.length);
  }

  /** For each of `count` sources, `first` and those behind it: in how many rows it is kept. */
  rowsKeeping(first: number, count: number): Uint16Array {
    return countSources(this.sources, first, count);
  }

  /** The same for the rows of one layer. */
  headsKeeping(layer: number, first: number, count: number): Uint16Array {
    const perLayer = this.sources.length / this.layers;
    return countSources(this.sources.subarray(layer * perLayer, (layer + 1) * perLayer), first, count);
  }
}

function countSources(sources: Int32Array, first: number, count: number): Uint16Array {
  const counts = new Uint16Array(count);
  for (const source of sources) if (source >= first && source < first + count) counts[source - first]++;
  return counts;
}
