import type { Vocabulary } from '../model';
import { yieldToEvents } from '../yieldToEvents';
import type { BoundedCache } from './boundedCache';
import type { CheckpointStore } from './checkpointStore';
import { commonSpelling } from './commonSpelling';
import { Recall } from './recall';
import type { SegmentMemories } from './segmentMemories';
import { CheckpointSchedule, longestReading, readStream } from './stream';

/** What the model shall have read: `sink | memory of the older text and of segments | pinned | the text's last tokens`. */
export interface WantedContext {
  /** Names the document among others; what was read is compared by content. */
  readonly document: string;
  /** All of the text before the cursor. */
  readonly text: Int32Array;
  /** Suffix between markers; the last is the marker that the text follows. */
  readonly pinned: Int32Array;
  /**
   * Segments that the memory merges with the older text. They are taken up when the live part is read anew, whatever the
   * reason; a live part that can be continued keeps the memory it was read behind.
   */
  readonly recall?: Recall;
}

export interface Reading {
  /** The context's last tokens, not read yet, so that they can be read together with a first proposal. */
  readonly pending: Int32Array;
  /** Logits behind the context, when nothing is pending. */
  readonly logits?: Float32Array;
  /** Tokens run through the model by now; with the pending ones, all that were needed. */
  readonly read: number;
}

/** Pending tokens at most: few enough to be read with a proposal in one small run. */
export const mostPending = 4;

/**
 * Brings the cache to the context of a request with as little reading as possible: a keystroke reads the typed tokens, a
 * jump the live part, an edit far above resumes the file's stream from the checkpoint before it.
 */
export class LiveContext {
  /** {@link Recall.key} of the segments that the cache's memory has merged. */
  private recalled = Recall.nothing.key;
  /** The document that was read last. */
  private document = '';

  /** @param segments where the memories of segments to recall are found */
  constructor(
    readonly cache: BoundedCache,
    private readonly checkpoints: CheckpointStore,
    private readonly vocabulary: Vocabulary,
    private readonly segments?: SegmentMemories,
  ) {}

  /**
   * Whether the live part can be continued to this context: nothing pinned changes, enough of the window stays and what is
   * recalled was not meant for another document.
   */
  continues({ document, text, pinned, recall = Recall.nothing }: WantedContext): boolean {
    const { cache } = this;
    if (document !== this.document && recall.key !== this.recalled) return false;
    if (cache.pinned.length === 0 || !equalTokens(cache.pinned, pinned)) return false;
    const common = commonSpelling(cache.text, text, this.vocabulary);
    if (common.held < cache.absorbed) return false;
    const window = common.held - cache.absorbed + text.length - common.wanted;
    return cache.absorbed === 0 || window >= cache.plan.window / 2;
  }

  /** @throws the signal's reason when aborted; what was read until then is kept */
  async read(wanted: WantedContext, signal: AbortSignal): Promise<Reading> {
    let read = 0;
    const onRead = (count: number) => { read += count; };
    const continues = this.continues(wanted);
    this.document = wanted.document;
    if (!continues) await this.rebuild(wanted, signal, onRead);
    const { cache } = this;
    const common = commonSpelling(cache.text, wanted.text, this.vocabulary);
    cache.truncate(common.held);
    const rest = wanted.text.subarray(common.wanted);
    if (rest.length === 0) return this.readAgain(read);
    const pending = rest.length <= mostPending ? rest.length : 1;
    await this.append(rest.subarray(0, rest.length - pending), signal, onRead);
    this.makeRoom();
    return { pending: rest.slice(rest.length - pending), read };
  }

  /** Everything is in the cache; only the logits behind it are missing. */
  private async readAgain(read: number): Promise<Reading> {
    const { cache } = this;
    if (cache.windowLength === 0) {
      return { pending: new Int32Array(0), logits: await cache.rereadLastPinned(), read: read + 1 };
    }
    const last = cache.text[cache.text.length - 1];
    cache.truncate(cache.text.length - 1);
    return { pending: Int32Array.of(last), read };
  }

  /** A new live part, behind the memory of what lies before its window. */
  private async rebuild(wanted: WantedContext, signal: AbortSignal, onRead: (count: number) => void): Promise<void> {
    const { cache } = this;
    const streamed = streamedLength(wanted.text.length, cache.plan.window, cache.plan.chunk);
    const recall = wanted.recall ?? Recall.nothing;
    if (this.remembers(wanted.text, streamed) && this.recalled === recall.key) {
      if (!startsWith(wanted.pinned, cache.pinned) || cache.windowLength > 0) cache.dropLivePart();
    } else {
      this.recalled = Recall.nothing.key;
      await this.stream(wanted, streamed, signal, onRead);
      cache.fold();
      this.admit(recall);
    }
    for (let done = cache.pinned.length; done < wanted.pinned.length;) {
      await yieldToEvents(signal);
      const part = wanted.pinned.slice(done, done + longestReading);
      await cache.pin(part);
      onRead(part.length);
      done += part.length;
    }
  }

  /** Merges what is to be recalled into the memory of the older text. Not cancelled halfway: it takes a fraction of a chunk's reading. */
  private admit(recall: Recall): void {
    this.recalled = recall.key;
    if (this.segments === undefined) return;
    for (const memory of recall.memories(this.segments)) this.cache.admit(memory);
  }

  /** Whether the memory is that of the text's first `streamed` tokens and nothing else is being read into it. */
  private remembers(text: Int32Array, streamed: number): boolean {
    const { cache } = this;
    if (cache.streams) return false;
    const common = commonSpelling(cache.text.slice(0, cache.absorbed), text, this.vocabulary);
    return common.held === cache.absorbed && common.wanted === streamed;
  }

  /** Reads the text's first tokens as a stream, from where the most has been read. */
  private async stream({ document, text }: WantedContext, end: number, signal: AbortSignal, onRead: (count: number) => void): Promise<void> {
    const { cache, checkpoints } = this;
    const { chunk } = cache.plan;
    const head = text.subarray(0, end);
    const current = this.streamPosition(head);
    if (checkpoints.covers(head) > current) checkpoints.restore(head, cache);
    else if (current === 0) cache.clear();
    const start = cache.text.length;
    const schedule = CheckpointSchedule.over(checkpoints, document, start, end, chunk, cache.plan.checkpoints);
    await readStream(cache, head, end, schedule, signal, onRead);
  }

  /** Tokens of a stream of this text that the cache is in the middle of; 0 when it is not. */
  private streamPosition(head: Int32Array): number {
    const { cache } = this;
    const { text } = cache;
    return cache.streams && startsWith(head, text) ? text.length : 0;
  }

  /** More than one eviction is due when a long suggestion was accepted. */
  private makeRoom(): void {
    while (this.cache.room <= 0) this.cache.evict();
  }

  /** Reads text behind the window; whenever the window is full its oldest tokens go to the memory first. */
  private async append(tokens: Int32Array, signal: AbortSignal, onRead: (count: number) => void): Promise<void> {
    const { cache } = this;
    for (let done = 0; done < tokens.length;) {
      await yieldToEvents(signal);
      this.makeRoom();
      const part = tokens.slice(done, done + Math.min(longestReading, cache.room));
      await cache.append(part, 'none');
      onRead(part.length);
      done += part.length;
    }
  }
}

/** Tokens of a prefix that are streamed through the memory; the live part takes the other W to W + C - 1. */
export function streamedLength(prefix: number, window: number, chunk: number): number {
  return chunk * Math.floor(Math.max(0, prefix - window) / chunk);
}

function equalTokens(held: readonly number[], wanted: Int32Array): boolean {
  return held.length === wanted.length && startsWith(wanted, held);
}

function startsWith(tokens: Int32Array, start: readonly number[]): boolean {
  return start.length <= tokens.length && start.every((token, i) => token === tokens[i]);
}
