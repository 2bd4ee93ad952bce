import { shiftSources, type EntrySource } from '../../../kernels';
import { maxSegmentTokens } from '../workspace/segment/segment';
import type { SegmentMemories } from './segmentMemories';

/** A segment that a request's memory shall know. */
export interface RecalledSegment {
  /** Of `segmentKey`. */
  readonly key: string;
  readonly tokens: Int32Array;
  /** Added to all its scores before it competes. */
  readonly prior: number;
}

/**
 * The prior of a retrieved segment: -0.6 log2(1 + rank), rank 0 for the best, which so has prior 0 like the open file's own
 * text. Training adds the same (`priorOf` in models/training/sparsek_code/recipe.py).
 */
export function priorOfRank(rank: number): number {
  // Without the `|| 0` the best one's would be -0.
  return -0.6 * Math.log2(1 + rank) || 0;
}

/**
 * What a request's memory merges beside the open file's older text. The segments come in the order of the memory: those
 * further down lie closer to the text and win ties.
 */
export class Recall {
  static readonly nothing = new Recall([]);

  /** Names what is recalled: equal when segments, order and priors are. */
  readonly key: string;

  constructor(readonly segments: readonly RecalledSegment[]) {
    this.key = segments.map(({ key, prior }) => `${key} ${prior}`).join('\n');
  }

  /** Those that are encoded by now. */
  encodedIn(memories: SegmentMemories): Recall {
    return new Recall(this.segments.filter(({ key }) => memories.has(key)));
  }

  /** The source of a segment's first token in a memory that took up {@link entriesIn}. @param index among the segments */
  firstSource(index: number): number {
    return (index - this.segments.length) * sourcesPerSegment;
  }

  /** The part that each segment has in a memory that took up {@link entriesIn}. @param sources of its entries, in any number of arrays */
  sharesOf(sources: readonly Int32Array[]): number[] {
    const counts = this.segments.map(() => 0);
    for (const part of sources) for (const source of part) if (source < 0) counts[Math.floor(source / sourcesPerSegment) + this.segments.length]++;
    const total = sources.reduce((sum, { length }) => sum + length, 0);
    return counts.map((count) => count / Math.max(1, total));
  }

  /**
   * What is to be merged: the segments' memories, as far as they are kept, each in a range of sources of its own, and their
   * priors. All ranges lie below 0, where the open file's text begins.
   */
  entriesIn(kept: SegmentMemories): { readonly memories: readonly EntrySource[]; readonly priors: readonly number[] } {
    const found = this.segments.flatMap(({ key, prior }, i) => {
      const memory = kept.get(key);
      return memory === undefined ? [] : [{ memory: shiftSources(memory, this.firstSource(i)), prior }];
    });
    return { memories: found.map(({ memory }) => memory), priors: found.map(({ prior }) => prior) };
  }
}

const sourcesPerSegment = maxSegmentTokens;
