import type { ReadFirst } from '../../protocol';
import type { Vocabulary } from '../model';
import { yieldToEvents } from '../yieldToEvents';
import type { BoundedCache } from './boundedCache';
import type { CheckpointStore } from './checkpointStore';
import { commonSpelling } from './commonSpelling';
import { Recall } from './recall';
import type { SegmentMemories } from './segmentMemories';
import { CheckpointSchedule, longestReading, readStream, type Pace } from './stream';

/** What the model shall have read: `sink | memory of the older text and of segments | pinned | the text's last tokens`. */
export interface WantedContext {
  /** Names the document among others; what was read is compared by content. */
  readonly document: string;
  /** Whose document it is; nothing that was read for one owner is used for another. */
  readonly owner?: string;
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
 * Brings one cache to the context of a request with as little reading as possible: a keystroke reads the typed tokens, a
 * jump the live part, an edit far above resumes the file's stream from the checkpoint before it; or, where the answer shall
 * not wait for that, takes the memory that there is.
 */
export class LiveContext {
  private merged = Recall.nothing;
  private mergedShares: readonly number[] = [];
  private documentRead = '';
  private ownerRead = '';

  /** @param segments where the memories of segments to recall are found */
  constructor(
    readonly cache: BoundedCache,
    private readonly checkpoints: CheckpointStore,
    private readonly vocabulary: Vocabulary,
    private readonly segments?: SegmentMemories,
  ) {}

  /** The document that was read last; empty before the first. */
  get document(): string {
    return this.documentRead;
  }

  /** Whose document was read last. */
  get owner(): string {
    return this.ownerRead;
  }

  /** What the cache's memory has merged beside the document's text. */
  get recalled(): Recall {
    return this.merged;
  }

  /** Of the memory's entries, over all layers and heads, the part that each recalled segment had when it was merged. */
  get shares(): readonly number[] {
    return this.mergedShares;
  }

  /**
   * Whether the live part can be continued to this context: nothing pinned changes, enough of the window stays and what is
   * recalled was not meant for another document.
   */
  continues({ document, owner = '', text, pinned, recall = Recall.nothing }: WantedContext): boolean {
    const { cache } = this;
    if (owner !== this.ownerRead) return false;
    if (document !== this.documentRead && recall.key !== this.merged.key) return false;
    if (cache.pinned.length === 0 || !equalTokens(cache.pinned, pinned)) return false;
    const common = commonSpelling(cache.text, text, this.vocabulary);
    if (common.held < cache.absorbed) return false;
    const window = common.held - cache.absorbed + text.length - common.wanted;
    return cache.absorbed === 0 || window >= cache.plan.window / 2;
  }

  /** Whether it is near with the whole memory: nothing was left out, and what shall be recalled is. */
  isPrepared(wanted: WantedContext): boolean {
    return this.cache.unread.length === 0 && this.merged.key === (wanted.recall ?? Recall.nothing).key && this.isNear(wanted);
  }

  /** @throws the signal's reason when aborted; what was read until then is kept */
  async read(wanted: WantedContext, signal: AbortSignal, first: ReadFirst = 'everything'): Promise<Reading> {
    let read = 0;
    const pace: Pace = { run: longestReading, signal, onRead: (count) => { read += count; } };
    const continues = first === 'livePart' ? this.isNear(wanted) : this.continues(wanted) && this.cache.unread.length === 0;
    const rest = await this.bring(wanted, continues, first, pace);
    if (rest.length === 0) return this.readAgain(read);
    const pending = rest.length <= mostPending ? rest.length : 1;
    await this.append(rest.subarray(0, rest.length - pending), pace);
    this.makeRoom();
    return { pending: rest.slice(rest.length - pending), read };
  }

  /**
   * Reads everything, with nobody waiting for an answer.
   *
   * @throws the signal's reason when aborted; what was read until then is kept
   */
  async prepare(wanted: WantedContext, pace: Pace): Promise<void> {
    await this.append(await this.bring(wanted, this.isPrepared(wanted), 'everything', pace), pace);
    this.makeRoom();
  }

  /** Forgets all that was read. */
  forget(): void {
    this.cache.clear();
    this.merged = Recall.nothing;
    this.mergedShares = [];
    this.documentRead = '';
    this.ownerRead = '';
  }

  /** Whether it continues, and with no more reading than a new live part would take. */
  private isNear(wanted: WantedContext): boolean {
    if (!this.continues(wanted)) return false;
    const { window, chunk } = this.cache.plan;
    const { length } = wanted.text;
    return length - commonSpelling(this.cache.text, wanted.text, this.vocabulary).wanted <= length - streamedLength(length, window, chunk);
  }

  /** @returns the last tokens of the text, which are not in the cache yet */
  private async bring(wanted: WantedContext, continues: boolean, first: ReadFirst, pace: Pace): Promise<Int32Array> {
    const { owner = '' } = wanted;
    if (owner !== this.ownerRead) this.forget();
    this.ownerRead = owner;
    this.documentRead = wanted.document;
    if (!continues) await this.rebuild(wanted, first, pace);
    const common = commonSpelling(this.cache.text, wanted.text, this.vocabulary);
    this.cache.truncate(common.held);
    return wanted.text.subarray(common.wanted);
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
  private async rebuild(wanted: WantedContext, first: ReadFirst, pace: Pace): Promise<void> {
    const { cache, checkpoints } = this;
    const older = wanted.text.subarray(0, streamedLength(wanted.text.length, cache.plan.window, cache.plan.chunk));
    const recall = wanted.recall ?? Recall.nothing;
    const known = this.merged.key === Recall.nothing.key || this.merged.key === recall.key ? this.remembered(older) : undefined;
    const suffices = known !== undefined && known.tokens >= (first === 'everything' ? older.length : checkpoints.covers(older));
    if (suffices && known.end === older.length && this.merged.key === recall.key) {
      if (!startsWith(wanted.pinned, cache.pinned) || cache.windowLength > 0) cache.dropLivePart();
    } else {
      if (first === 'everything') await this.stream(streamName(wanted), older, pace);
      else this.skipTo(older, suffices ? known.end : undefined);
      if (this.merged.key !== recall.key) await this.admit(recall);
    }
    for (let done = cache.pinned.length; done < wanted.pinned.length;) {
      await yieldToEvents(pace.signal);
      const part = wanted.pinned.slice(done, done + pace.run);
      await cache.pin(part);
      pace.onRead(part.length);
      done += part.length;
    }
  }

  /** Takes the memory that there is, the cache's own of the first `end` tokens or a checkpoint's, and skips the rest. */
  private skipTo(older: Int32Array, end: number | undefined): void {
    const { cache, checkpoints } = this;
    if (end === undefined) {
      this.merged = Recall.nothing;
      if (!checkpoints.restore(older, cache)) cache.clear();
      cache.fold();
    } else cache.dropLivePart();
    cache.skip(older.slice(end ?? cache.text.length));
  }

  /** Merges what is to be recalled into the memory of the older text. Not cancelled halfway: it takes a fraction of a chunk's reading. */
  private async admit(recall: Recall): Promise<void> {
    this.merged = recall;
    if (this.segments === undefined) return;
    const { memories, priors } = recall.entriesIn(this.segments);
    this.cache.admit(memories, priors);
    this.mergedShares = recall.segments.length === 0 ? [] : recall.sharesOf(await this.cache.sources());
  }

  /** Of the beginning of a text: how much of it the memory is behind, and how many of those tokens were read. */
  private remembered(older: Int32Array): { readonly end: number; readonly tokens: number } | undefined {
    const { cache } = this;
    if (cache.streams) return undefined;
    const { held, wanted } = commonSpelling(cache.text.slice(0, cache.absorbed), older, this.vocabulary);
    if (held < cache.absorbed) return undefined;
    return { end: wanted, tokens: wanted - cache.unread.reduce((sum, { start, end }) => sum + end - start, 0) };
  }

  /** Reads a text as a stream, from where the most has been read, and folds it into the memory. */
  private async stream(document: string, older: Int32Array, pace: Pace): Promise<void> {
    const { cache, checkpoints } = this;
    this.merged = Recall.nothing;
    const current = this.streamPosition(older);
    if (checkpoints.covers(older) > current) checkpoints.restore(older, cache);
    else if (current === 0) cache.clear();
    await readStream(cache, older, older.length, new CheckpointSchedule(checkpoints, document, older.length, cache.plan), pace);
    cache.fold();
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
  private async append(tokens: Int32Array, pace: Pace): Promise<void> {
    const { cache } = this;
    for (let done = 0; done < tokens.length;) {
      await yieldToEvents(pace.signal);
      this.makeRoom();
      const part = tokens.slice(done, done + Math.min(pace.run, cache.room));
      await cache.append(part, 'none');
      pace.onRead(part.length);
      done += part.length;
    }
  }
}

/** Names a document's checkpoints. */
function streamName({ owner = '', document }: WantedContext): string {
  return `${owner}\n${document}`;
}

/** Whether a stream of this name is one of an owner's documents. */
export function isStreamOf(owner: string, name: string): boolean {
  return name.startsWith(`${owner}\n`);
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
