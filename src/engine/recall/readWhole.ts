import { segmentKey, type SegmentReader } from '../memory';
import type { Segment, Workspace } from '../workspace';

/** What reading a whole workspace has come to. */
export interface WholeReading {
  readonly files: number;
  readonly filesInAll: number;
  readonly segments: number;
  readonly tokens: number;
  /** Segments whose memories were in the store. */
  readonly reused: number;
}

/**
 * Sees to it that the memory of every segment of a workspace is in the store. Each that is there is checked; a file of which
 * all are is not opened.
 *
 * @throws the signal's reason when aborted; what was encoded until then is stored
 */
export async function readWhole(workspace: Workspace, reader: SegmentReader, signal: AbortSignal, onProgress: (reading: WholeReading) => void): Promise<WholeReading> {
  const { paths } = workspace;
  let reading: WholeReading = { files: 0, filesInAll: paths.length, segments: 0, tokens: 0, reused: 0 };
  for (const path of paths) {
    let cut: Promise<readonly Segment[]> | undefined;
    for (const { key, tokens } of workspace.savedSegments(path)) {
      const origin = await reader.archive(key, async () => {
        cut ??= workspace.segmentsOf(path);
        return (await cut).find((segment) => segmentKey(segment.tokens) === key)?.tokens;
      }, signal);
      // Otherwise the file has changed since it was indexed; its segments come when it is indexed again.
      if (origin === undefined) continue;
      const { segments, tokens: before, reused } = reading;
      reading = { ...reading, segments: segments + 1, tokens: before + tokens, reused: reused + (origin === 'archived' ? 1 : 0) };
      onProgress(reading);
    }
    reading = { ...reading, files: reading.files + 1 };
  }
  return reading;
}
