import { entrySource, type EntrySource } from '../../kernels';
import { Recall, SegmentEncoder, segmentKey, SegmentMemories, type Memory, type RecalledSegment } from '../../src/engine/memory';
import type { Runtime } from '../../src/engine/runtime';
import type { RecordedCase } from './recordedCase';

/** Memories as they were encoded: without the rounding of those that are kept for long, which the reference does not do. */
class ExactMemories extends SegmentMemories {
  private readonly exact = new Map<string, Memory>();

  override add(key: string, memory: Memory): void {
    this.exact.set(key, memory);
  }

  override get(key: string): EntrySource | undefined {
    const memory = this.exact.get(key);
    return memory === undefined ? undefined : entrySource(memory);
  }
}

export interface RecordedSegments {
  readonly recall: Recall;
  readonly memories: SegmentMemories;
}

/** A case's segments, encoded and in the order of the memory. @param exact without rounding what is kept */
export async function encodeSegments({ segments = [] }: RecordedCase, runtime: Runtime, exact: boolean): Promise<RecordedSegments> {
  const memories = exact ? new ExactMemories(0) : new SegmentMemories(segments.length);
  const recalled: RecalledSegment[] = [];
  if (segments.length === 0) return { recall: Recall.nothing, memories };
  const encoder = await SegmentEncoder.create(runtime);
  for (const { tokens, prior } of segments) {
    const segment = { key: segmentKey(Int32Array.from(tokens)), tokens: Int32Array.from(tokens), prior };
    memories.add(segment.key, await encoder.encode(segment.tokens, new AbortController().signal));
    recalled.push(segment);
  }
  encoder.dispose();
  return { recall: new Recall(recalled), memories };
}
