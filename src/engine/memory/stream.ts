import { yieldToEvents } from '../yieldToEvents';
import type { BoundedCache } from './boundedCache';
import type { CheckpointStore } from './checkpointStore';

/** Tokens of one run at most. A run cannot be interrupted; longer ones are no faster a token. */
export const longestReading = 128;

/**
 * Reads a text's tokens through the memory up to `end`. Chunks of C are counted from its first token on; after a chunk that
 * fills the window the C oldest tokens compete with the memory. The cache must hold the beginning of this text. Progress
 * stays when it is aborted.
 *
 * @param onRead is told how many tokens each run read
 * @throws the signal's reason when aborted
 */
export async function readStream(
  cache: BoundedCache, tokens: Int32Array, end: number, checkpoints: CheckpointSchedule, signal: AbortSignal, onRead: (count: number) => void,
): Promise<void> {
  const { chunk } = cache.plan;
  while (cache.text.length < end) {
    await yieldToEvents(signal);
    const start = cache.text.length;
    const boundary = start - (start % chunk) + chunk;
    const part = tokens.slice(start, Math.min(start + longestReading, boundary, end));
    await cache.append(part, 'none');
    onRead(part.length);
    if (cache.room === 0) cache.evict();
    if (cache.text.length === boundary) checkpoints.passed(cache);
  }
}

/** Saves a checkpoint every so many tokens and at the end; a copy costs about a twentieth of a chunk's reading. */
export class CheckpointSchedule {
  private next: number;

  constructor(
    private readonly store: CheckpointStore,
    private readonly document: string,
    start: number,
    private readonly end: number,
    private readonly stride: number,
  ) {
    this.next = start + stride;
  }

  /** Stretches a stride so that a long read saves about as many checkpoints as fit. */
  static over(store: CheckpointStore, document: string, start: number, end: number, chunk: number, capacity: number): CheckpointSchedule {
    const chunks = Math.ceil((end - start) / chunk);
    const stride = chunk * Math.max(1, Math.ceil(chunks / Math.max(1, capacity)));
    return new CheckpointSchedule(store, document, start, end, stride);
  }

  passed(cache: BoundedCache): void {
    const position = cache.text.length;
    if (position < this.next && position !== this.end) return;
    this.store.save(this.document, cache);
    this.next = position + this.stride;
  }
}
