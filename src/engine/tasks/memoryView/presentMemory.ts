import { layerGroups } from '../../../../kernels';
import type { Contexts, Recall, TokenRange } from '../../memory';
import type { ModelManifest } from '../../model';
import { KeptEntries } from './keptEntries';

/** The memory of the context that answers, as it is at one moment. */
export interface PresentMemory {
  /** The document that it was made for. */
  readonly document: string;
  /** Tokens of the document from its beginning on: as far as `absorbed` they competed, the others are kept whole. */
  readonly text: readonly number[];
  readonly absorbed: number;
  /** Parts of the absorbed text that were never read. */
  readonly unread: readonly TokenRange[];
  readonly pinned: readonly number[];
  readonly recalled: Recall;
  readonly kept: KeptEntries;
  readonly entries: number;
  readonly capacity: number;
}

/**
 * Takes a picture without waiting for a request that runs: what it does to the cache it does between two turns of the event
 * loop, and everything here is looked at in one.
 */
export async function presentMemory(
  contexts: Pick<Contexts, 'cache' | 'recalled' | 'document'>, manifest: Pick<ModelManifest, 'geometry' | 'memory'>,
): Promise<PresentMemory> {
  const { cache, recalled, document } = contexts;
  const { absorbed, entries, plan } = cache;
  const [text, unread, pinned] = [[...cache.text], [...cache.unread], [...cache.pinned]];
  const kept = new KeptEntries(await cache.sources(), layerGroups(manifest), manifest.geometry.keyValueHeads);
  return { document, text, absorbed, unread, pinned, recalled, kept, entries, capacity: plan.entries };
}
