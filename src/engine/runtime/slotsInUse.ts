import type { PerGroup } from '../../../kernels';

/** A cache of a group of layers, wherever it lies, as far as its slots in use are counted. */
interface Counted {
  length: number;
}

export function lengthsOf(caches: PerGroup<Counted>): PerGroup<number> {
  return caches.map(({ length }) => length);
}

/** Frees the last `count` slots of every group. @throws RangeError when one has fewer */
export function forgetSlots(caches: PerGroup<Counted>, count: number): void {
  const least = Math.min(...lengthsOf(caches));
  if (!Number.isInteger(count) || count < 0 || count > least) throw new RangeError(`Cannot forget ${count} of ${least} slots.`);
  for (const cache of caches) cache.length -= count;
}

/** Frees the slots from `length` on of every group. @throws RangeError when one has fewer */
export function truncateSlots(caches: PerGroup<Counted>, length: number): void {
  const least = Math.min(...lengthsOf(caches));
  if (!Number.isInteger(length) || length < 0 || length > least) throw new RangeError(`Cannot truncate ${least} slots to ${length}.`);
  for (const cache of caches) cache.length = length;
}
