import type { NotReadGroup } from '../../protocol';
import { reasonInWords, type Skip, type SkipReason } from './skip';

const mostExamples = 20;

/** What is not read by reason, the most frequent first. */
export function notReadGroups(skips: readonly Skip[]): NotReadGroup[] {
  const groups = new Map<SkipReason, { count: number; examples: string[] }>();
  for (const { path, reason } of skips) {
    const group = groups.get(reason) ?? { count: 0, examples: [] };
    groups.set(reason, group);
    group.count++;
    if (group.examples.length < mostExamples) group.examples.push(path);
  }
  return [...groups].map(([reason, group]) => ({ because: reasonInWords(reason), ...group })).sort((a, b) => b.count - a.count);
}
