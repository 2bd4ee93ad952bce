import type { ReadFirst } from '../../protocol';
import type { BoundedCache } from './boundedCache';
import type { Recall } from './recall';
import type { LiveContext, Reading, WantedContext } from './liveContext';
import { readingInPauses } from './stream';

/** Told after each chunk while a context is prepared: how many of the tokens before the cursor are read; and when all are. */
export type OnPrepared = (read: number, tokens: number) => void;

/**
 * Two contexts that take turns. One answers, with the memory that it has; in pauses the other reads all of the text and what
 * is to be recalled, and then they change places. So nobody waits for the reading of a long file, and a pause that ends too
 * early takes nothing away from the next keystroke.
 */
export class Contexts {
  /** @param live, spare have caches of the same plan and share their checkpoints */
  constructor(private live: LiveContext, private spare: LiveContext) {}

  /** Of the context that answers. */
  get cache(): BoundedCache {
    return this.live.cache;
  }

  /** See {@link LiveContext.document}; of the context that answers. */
  get document(): string {
    return this.live.document;
  }

  /** See {@link LiveContext.recalled}; of the context that answers. */
  get recalled(): Recall {
    return this.live.recalled;
  }

  /** See {@link LiveContext.shares}. */
  get shares(): readonly number[] {
    return this.live.shares;
  }

  /** See {@link LiveContext.continues}. */
  continues(wanted: WantedContext): boolean {
    return (this.isOfAnother(wanted) ? this.spare : this.live).continues(wanted);
  }

  /**
   * See {@link LiveContext.read}. What another owner's answer was read from is left for when that one is back, unless
   * something is read in a pause meanwhile.
   */
  read(wanted: WantedContext, signal: AbortSignal, first: ReadFirst): Promise<Reading> {
    if (this.isOfAnother(wanted)) this.changePlaces();
    return this.live.read(wanted, signal, first);
  }

  /**
   * Brings a context with the whole memory to where the next request finds it. Does nothing when it is there.
   *
   * @throws the signal's reason when aborted; the next call goes on from there
   */
  async prepare(wanted: WantedContext, signal: AbortSignal, onPrepared: OnPrepared): Promise<void> {
    const tokens = wanted.text.length;
    if (!this.live.isPrepared(wanted)) {
      const { cache } = this.spare;
      const onRead = () => {
        if (cache.text.length % cache.plan.chunk === 0) onPrepared(Math.min(cache.text.length, tokens - 1), tokens);
      };
      await this.spare.prepare(wanted, { run: readingInPauses, signal, onRead });
      signal.throwIfAborted();
      this.changePlaces();
    }
    onPrepared(tokens, tokens);
  }

  /** Whose document the context that answers has read last. */
  get owner(): string {
    return this.live.owner;
  }

  /** Forgets what was read for an owner; not while something is read. */
  forget(owner: string): void {
    for (const context of [this.live, this.spare]) if (context.owner === owner) context.forget();
  }

  dispose(): void {
    this.live.cache.dispose();
    this.spare.cache.dispose();
  }

  private isOfAnother({ owner = '' }: WantedContext): boolean {
    return this.live.owner !== owner;
  }

  private changePlaces(): void {
    [this.live, this.spare] = [this.spare, this.live];
  }
}
