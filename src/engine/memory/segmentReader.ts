import { yieldToEvents } from '../yieldToEvents';
import type { SegmentEncoder } from './encode';
import type { SegmentMemories } from './segmentMemories';
import { toStored, type StoredMemory } from './storedMemory';

/** Where memories outlive the process. Nothing rejects: what cannot be had is encoded, what cannot be kept is not. */
export interface MemoryArchive {
  /** Undefined when it is not there, or not as it was written. */
  load(key: string): Promise<StoredMemory | undefined>;
  /** @returns whether it is kept */
  save(key: string, memory: StoredMemory): Promise<boolean>;
}

/** For a process that keeps nothing. */
export const noArchive: MemoryArchive = {
  load: () => Promise.resolve(undefined),
  save: () => Promise.resolve(false),
};

export interface ReadableSegment {
  /** Of `segmentKey`. */
  readonly key: string;
  readonly tokens: Int32Array;
  /** Whether its memory may outlive the process: the text is that of a file which may be read, as it lies on the disk. */
  readonly archivable: boolean;
}

/** Where a segment's memory came from: it was held, it was in the archive, or the model read it now. */
export type MemoryOrigin = 'held' | 'archived' | 'encoded';

/** Gets the memories of segments in the cheapest way: held in RAM, else archived on the disk, else encoded. */
export class SegmentReader {
  constructor(private readonly encoder: SegmentEncoder, private readonly memories: SegmentMemories, private readonly archived: MemoryArchive) {}

  /**
   * Sees to it that a segment's memory is held.
   *
   * @throws the signal's reason when aborted; nothing is held then that was not
   */
  async read({ key, tokens, archivable }: ReadableSegment, signal: AbortSignal): Promise<MemoryOrigin> {
    if (this.memories.touch(key)) return 'held';
    const archived = await this.load(key, signal);
    if (archived !== undefined) {
      this.memories.keep(key, archived);
      return 'archived';
    }
    const memory = toStored(await this.encoder.encode(tokens, signal));
    this.memories.keep(key, memory);
    if (archivable) await this.archived.save(key, memory);
    return 'encoded';
  }

  /**
   * Sees to it that a segment's memory is archived, and leaves those that are held alone.
   *
   * @param tokensOf asked only when it is not; nothing when there is no such segment any more
   * @returns undefined when there is none; `lost` when it could not be kept
   * @throws the signal's reason when aborted
   */
  async archive(key: string, tokensOf: () => Promise<Int32Array | undefined>, signal: AbortSignal): Promise<'archived' | 'encoded' | 'lost' | undefined> {
    if (await this.load(key, signal) !== undefined) return 'archived';
    const tokens = await tokensOf();
    if (tokens === undefined) return undefined;
    const isKept = await this.archived.save(key, toStored(await this.encoder.encode(tokens, signal)));
    return isKept ? 'encoded' : 'lost';
  }

  private async load(key: string, signal: AbortSignal): Promise<StoredMemory | undefined> {
    // A memory takes milliseconds to check and unpack: messages get their turn between two.
    await yieldToEvents(signal);
    const memory = await this.archived.load(key);
    signal.throwIfAborted();
    return memory;
  }
}
