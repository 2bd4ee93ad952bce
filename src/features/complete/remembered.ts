import type { RankingReasons, RememberedSegment } from '../../protocol';

/** Segments that the memory held when a completion was written, in a sentence; the reasons name what stands in the code. */
export function describeRemembered(remembered: readonly RememberedSegment[]): string {
  if (remembered.length === 0) return 'Of other files nothing was in memory.';
  return `In memory: ${remembered.map(describeSegment).join('; ')}.`;
}

export function describeSegment({ path, startLine, endLine, why, share }: RememberedSegment): string {
  return `${path}:${startLine}-${endLine} (${[...describeReasons(why), `${Math.round(100 * share)} % of the memory`].join('; ')})`;
}

/** Why a segment was chosen, in words that follow its name. @param why absent for a part of the open file */
export function describeReasons(why: RankingReasons | undefined): string[] {
  if (why === undefined) return ['the rest of this file'];
  return [
    ...(why.declares.length > 0 ? [`declares ${why.declares.join(', ')}`] : []),
    ...(why.imported > 0 ? ['is imported'] : []),
    ...(why.declares.length === 0 && why.terms.length > 0 ? [`contains ${why.terms.slice(0, 4).join(', ')}`] : []),
    ...(why.open > 0 ? ['is open'] : []),
    ...(why.recent > 0 ? ['was edited lately'] : []),
  ];
}
