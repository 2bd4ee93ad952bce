import type { RememberedSegment } from '../../protocol';
import type { Recall } from '../memory';
import type { ChosenSegment } from './chooseSegments';

/** Where the segments stand that were chosen of late, and why they were, by their keys. */
export class ChosenSegments {
  /** The longest ago first. */
  private readonly chosen = new Map<string, ChosenSegment>();

  constructor(private readonly most: number) {}

  add(segments: readonly ChosenSegment[]): void {
    for (const segment of segments) {
      this.chosen.delete(segment.key);
      this.chosen.set(segment.key, segment);
    }
    for (const key of this.chosen.keys()) {
      if (this.chosen.size <= this.most) break;
      this.chosen.delete(key);
    }
  }

  get(key: string): ChosenSegment | undefined {
    return this.chosen.get(key);
  }

  /** The best first. @param shares of the memory's entries, in the order of the segments */
  describe({ segments }: Recall, shares: readonly number[]): RememberedSegment[] {
    const known = segments.flatMap(({ key }, i) => {
      const chosen = this.chosen.get(key);
      if (chosen === undefined) return [];
      const { path, startLine, endLine, why } = chosen;
      return [{ path, startLine, endLine, share: shares[i] ?? 0, ...(why === undefined ? {} : { why }) }];
    });
    return [...known.filter(({ why }) => why !== undefined).reverse(), ...known.filter(({ why }) => why === undefined)];
  }
}
