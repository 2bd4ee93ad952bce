import type { Compaction, EntrySource, LayerGroup, PerGroup, SlotRange } from '../../../kernels';
import type { DeviceInfo } from '../../protocol';
import type { Memory } from '../memory/memory';
import type { ModelManifest } from '../model';

export type { Compaction, LayerGroup, PerGroup, SlotRange } from '../../../kernels';

/**
 * One model on one device: `forward | compact | merge`. Everything above this line thinks in tokens and slots and does
 * not know which device computes. Slots are counted apart in each group of layers whose memories hold the same number of
 * entries (`layerGroups` in kernels); most models have one.
 */
export interface Runtime {
  readonly manifest: ModelManifest;
  readonly device: DeviceInfo;

  /**
   * Allocates a bounded key/value cache, empty. Its bytes never change; on the CPU they are
   * `(slots + 1) * 2 * layers * keyValueHeads * headDim * 4`, summed over the groups, known beforehand from `cpuStateBytes`.
   *
   * @param slots per layer; one number for each group, or one for all
   */
  createState(slots: number | PerGroup<number>): RuntimeState;

  /**
   * Runs `tokens` (T of them) behind what the state holds and appends them to it: slot and position of token i in a group
   * are its length plus i. Writes keys, values and scores.
   *
   * `source` is the index that orders the tokens against others in the memory (and breaks ties in score: the higher wins):
   * token i gets `source + i`.
   *
   * @returns logits as rows of `vocabulary` numbers: none, one row for the last token, or T rows. The array is valid until
   * the next forward of the same state, which may write into it.
   * @throws RangeError when the state has fewer than T free slots in any group. Nothing is changed then.
   */
  forward(state: RuntimeState, tokens: Int32Array, source: number, logits: LogitRows): Promise<Float32Array>;

  /**
   * As {@link forward}, but of each row only the most likely token comes back, of equal ones the first, and -1 where no logit
   * is a number. Where it is absent the rows are no further away than the tokens.
   */
  forwardToMostLikely?(state: RuntimeState, tokens: Int32Array, source: number, rows: Exclude<LogitRows, 'none'>): Promise<Int32Array>;

  /** Lets old entries compete for the memory and frees the losers' slots. See {@link Compaction}. */
  compact(state: RuntimeState, compactions: PerGroup<Compaction>): void;

  /**
   * Copies the best `entries` of a range of slots out (default all), in source order, keys rotated back to position 0:
   * the memory does not depend on where its entries stood. On a device of its own they have to come back first. Those of
   * `into` that hold just as many entries may be written and returned.
   */
  extract(state: RuntimeState, ranges: PerGroup<SlotRange>, entries?: number, into?: PerGroup<Memory>): PerGroup<Memory> | Promise<PerGroup<Memory>>;

  /** Appends a memory's entries to the state, keys rotated to the slots they take. See `splitLayers` in kernels. */
  insert(state: RuntimeState, memories: PerGroup<Memory>): void;

  /**
   * Top-K of the union of memories of all layers, in whatever form they are kept, per layer and KV head, in source order, K being `entries` times a group's
   * share; `priors[i]` is added to all scores of memory i. Texts that were encoded apart need source ranges of their own
   * first (`shiftSources` in kernels).
   */
  merge(memories: readonly EntrySource[], priors: readonly number[], entries: number): PerGroup<Memory>;

  dispose(): Promise<void>;
}

export type LogitRows = 'none' | 'last' | 'all';

export interface RuntimeState {
  readonly groups: PerGroup<LayerGroup>;
  readonly slots: PerGroup<number>;
  /** Slots in use. */
  readonly lengths: PerGroup<number>;
  readonly bytes: number;
  /** Forgets the last `count` slots of every group: how a rejected proposal or a deleted word is undone. */
  forget(count: number): void;
  /** Keeps the first `length` slots of every group. */
  truncate(length: number): void;
  dispose(): void;
}
