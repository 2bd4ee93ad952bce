import type { LayerGroup, PerGroup } from '../../../../kernels';

/** Which tokens a memory keeps, counted from where its entries come from. */
export class KeptEntries {
  /** Layers times KV heads: a token that all of them keep is kept whole. */
  readonly rows: number;
  /** `[keyValueHeads, entries]` of each layer. */
  private readonly perLayer: readonly Int32Array[];

  /** @param sources `[layers, keyValueHeads, entries]` of each group: as `BoundedCache.sources` has them */
  constructor(private readonly sources: PerGroup<Int32Array>, groups: PerGroup<LayerGroup>, readonly keyValueHeads: number) {
    this.perLayer = groups.flatMap(({ layers }, group) => {
      const length = sources[group].length / layers;
      return Array.from({ length: layers }, (_, layer) => sources[group].subarray(layer * length, (layer + 1) * length));
    });
    this.rows = this.layers * keyValueHeads;
  }

  get layers(): number {
    return this.perLayer.length;
  }

  /** The part of all entries that comes from `count` sources, `first` and those behind it. */
  share(first: number, count: number): number {
    let own = 0;
    let all = 0;
    for (const sources of this.sources) {
      all += sources.length;
      for (const source of sources) if (source >= first && source < first + count) own++;
    }
    return own / Math.max(1, all);
  }

  /** For each of `count` sources, `first` and those behind it: in how many rows it is kept. */
  rowsKeeping(first: number, count: number): Uint16Array {
    return countSources(this.sources, first, count);
  }

  /** The same for the rows of one layer. */
  headsKeeping(layer: number, first: number, count: number): Uint16Array {
    return countSources([this.perLayer[layer]], first, count);
  }
}

function countSources(parts: readonly Int32Array[], first: number, count: number): Uint16Array {
  const counts = new Uint16Array(count);
  for (const sources of parts) for (const source of sources) if (source >= first && source < first + count) counts[source - first]++;
  return counts;
}
