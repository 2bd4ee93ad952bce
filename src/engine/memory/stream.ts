import { yieldToEvents } from '../yieldToEvents';
import type { BoundedCache } from './boundedCache';
import type { CheckpointStore } from './checkpointStore';
import type { MemoryPlan } from './plan';

/** Tokens of one run at most while a request waits; longer ones are no faster a token. */
export const longestReading = 128;

/** Tokens of one run in a pause: whoever ends the pause waits for its end. */
export const readingInPauses = 32;

/** How something is read: a run cannot be interrupted, so its length is what somebody who interrupts it may have to wait. */
export interface Pace {
  /** Tokens of one run at most. */
  readonly run: number;
  /** Looked at before each run. */
  readonly signal: AbortSignal;
  /** Told after each run how many tokens it read. */
  readonly onRead: (count: number) => void;
}

/**
 * Reads a text's tokens through the memory up to `end`. Chunks of C are counted from its first token on; after a chunk that
 * fills the window the C oldest tokens compete with the memory. The cache must hold the beginning of this text. Progress
 * stays when it is aborted.
 *
 * @throws the signal's reason when aborted
 */
export async function readStream(
  cache: BoundedCache, tokens: Int32Array, end: number, checkpoints: CheckpointSchedule, { run, signal, onRead }: Pace,
): Promise<void> {
  const { chunk } = cache.plan;
  while (cache.text.length < end) {
    await yieldToEvents(signal);
    const start = cache.text.length;
    const boundary = start - (start % chunk) + chunk;
    const part = tokens.slice(start, Math.min(start + run, boundary, end));
    await cache.append(part, 'none');
    onRead(part.length);
    if (cache.room === 0) cache.evict();
    if (cache.text.length === boundary) await checkpoints.passed(cache);
  }
}

/** Checkpoints that one reading of a file tries to save, for each that fits: the store keeps those that are spread best. */
const triesPerCheckpoint = 4;

/**
 * Saves a checkpoint every so many tokens, counted from the text's beginning, so that interruptions change nothing, and at
 * the end. A copy costs about a twentieth of a chunk's reading.
 */
export class CheckpointSchedule {
  private readonly stride: number;

  /** @param end tokens that are read in all */
  constructor(private readonly store: CheckpointStore, private readonly document: string, private readonly end: number, { chunk, checkpoints }: MemoryPlan) {
    this.stride = chunk * Math.max(1, Math.ceil(end / chunk / (triesPerCheckpoint * Math.max(1, checkpoints))));
  }

  async passed(cache: BoundedCache): Promise<void> {
    const position = cache.text.length;
    if (position % this.stride === 0 || position === this.end) await this.store.save(this.document, cache);
  }
}
