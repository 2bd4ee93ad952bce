import type { Compaction, SlotRange } from '../../../kernels';
import type { DeviceInfo } from '../../protocol';
import type { Memory } from '../memory/memory';
import type { ModelManifest } from '../model';

export type { Compaction, SlotRange } from '../../../kernels';

/**
 * One model on one device: `forward | compact | merge`. Everything above this line thinks in tokens and slots and does
 * not know which device computes.
 */
export interface Runtime {
  readonly manifest: ModelManifest;
  readonly device: DeviceInfo;

  /**
   * Allocates a bounded key/value cache of `slots` slots per layer, empty. Its bytes never change; on the CPU they are
   * `(slots + 1) * 2 * layers * keyValueHeads * headDim * 4`, known beforehand from `cpuStateBytes`.
   */
  createState(slots: number): RuntimeState;

  /**
   * Runs `tokens` (T of them) behind what the state holds and appends them to it: slot and position of token i are
   * `state.length + i`. Writes keys, values and scores.
   *
   * `source` is the index that orders the tokens against others in the memory (and breaks ties in score: the higher wins):
   * token i gets `source + i`.
   *
   * @returns logits as rows of `vocabulary` numbers: none, one row for the last token, or T rows. The array is valid until
   * the next forward of the same state, which may write into it.
   * @throws RangeError when the state has fewer than T free slots. Nothing is changed then.
   */
  forward(state: RuntimeState, tokens: Int32Array, source: number, logits: LogitRows): Promise<Float32Array>;

  /** Lets old entries compete for the memory and frees the losers' slots. See {@link Compaction}. */
  compact(state: RuntimeState, compaction: Compaction): void;

  /**
   * Copies the best `entries` of a range of slots out (default all), in source order, keys rotated back to position 0:
   * the memory does not depend on where its entries stood. On a device of its own they have to come back first. `into` may
   * be written and returned, if it holds just as many entries.
   */
  extract(state: RuntimeState, range: SlotRange, entries?: number, into?: Memory): Memory | Promise<Memory>;

  /** Appends a memory's entries to the state, keys rotated to the slots they take. */
  insert(state: RuntimeState, memory: Memory): void;

  /**
   * Top-K of the union of memories, per layer and KV head, in source order; `priors[i]` is added to all scores of memory i.
   * Texts that were encoded apart need source ranges of their own first (`shiftSources` in kernels).
   */
  merge(memories: readonly Memory[], priors: readonly number[], entries: number): Memory;

  dispose(): Promise<void>;
}

export type LogitRows = 'none' | 'last' | 'all';

export interface RuntimeState {
  readonly slots: number;
  /** Slots in use. */
  readonly length: number;
  readonly bytes: number;
  /** Forgets everything from slot `length` on: how a rejected proposal or a deleted word is undone. */
  truncate(length: number): void;
  dispose(): void;
}
