import type { ReadFirst } from '../../protocol';
import type { BoundedCache } from './boundedCache';
import type { Contexts, OnPrepared } from './contexts';
import type { Reading, WantedContext } from './liveContext';
import { Recall } from './recall';

/**
 * One window's view of the contexts that all windows take turns in. What another window's documents left there is not to be
 * seen from here, and is forgotten as soon as something is read for this one.
 */
export class OwnContexts {
  constructor(private readonly contexts: Contexts, private readonly owner: string) {}

  /** See {@link Contexts.cache}. */
  get cache(): BoundedCache {
    return this.contexts.cache;
  }

  /** See {@link Contexts.document}; empty while the context is another owner's. */
  get document(): string {
    return this.isOwn ? this.contexts.document : '';
  }

  /** See {@link Contexts.recalled}; nothing while the context is another owner's. */
  get recalled(): Recall {
    return this.isOwn ? this.contexts.recalled : Recall.nothing;
  }

  /** See {@link Contexts.shares}. */
  get shares(): readonly number[] {
    return this.isOwn ? this.contexts.shares : [];
  }

  /** See {@link Contexts.continues}. */
  continues(wanted: WantedContext): boolean {
    return this.contexts.continues(this.own(wanted));
  }

  /** See {@link Contexts.read}. */
  read(wanted: WantedContext, signal: AbortSignal, first: ReadFirst): Promise<Reading> {
    return this.contexts.read(this.own(wanted), signal, first);
  }

  /** See {@link Contexts.prepare}. */
  prepare(wanted: WantedContext, signal: AbortSignal, onPrepared: OnPrepared): Promise<void> {
    return this.contexts.prepare(this.own(wanted), signal, onPrepared);
  }

  private get isOwn(): boolean {
    return this.contexts.owner === this.owner;
  }

  private own(wanted: WantedContext): WantedContext {
    return { ...wanted, owner: this.owner };
  }
}
