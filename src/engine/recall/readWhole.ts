import { ProblemError } from '../../protocol';
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
  /** Of the memories in the store. */
  readonly bytes: number;
}

/**
 * Sees to it that the memory of every segment of a workspace is in the store. Each that is there is checked; a file of which
 * all are is not opened.
 *
 * @param bytesOf the stored memory of a segment of so many tokens
 * @throws ProblemError `cache-not-writable` when a memory cannot be stored: to encode the others would be in vain
 * @throws the signal's reason when aborted; what was encoded until then is stored
 */
export async function readWhole(
  workspace: Workspace, reader: SegmentReader, bytesOf: (tokens: number) => number, signal: AbortSignal, onProgress: (reading: WholeReading) => void,
): Promise<WholeReading> {
  const { paths } = workspace;
  let reading: WholeReading = { files: 0, filesInAll: paths.length, segments: 0, tokens: 0, reused: 0, bytes: 0 };
  for (const path of paths) {
    let cut: Promise<readonly Segment[]> | undefined;
    for (const { key, tokens } of workspace.savedSegments(path)) {
      const origin = await reader.archive(key, async () => {
        cut ??= workspace.segmentsOf(path);
        return (await cut).find((segment) => segmentKey(segment.tokens) === key)?.tokens;
      }, signal);
      // Otherwise the file has changed since it was indexed; its segments come when it is indexed again.
      if (origin === undefined) continue;
      if (origin === 'lost') throw notStored(reading);
      reading = {
        ...reading,
        segments: reading.segments + 1,
        tokens: reading.tokens + tokens,
        reused: reading.reused + (origin === 'archived' ? 1 : 0),
        bytes: reading.bytes + bytesOf(tokens),
      };
      onProgress(reading);
    }
    reading = { ...reading, files: reading.files + 1 };
  }
  return reading;
}

function notStored({ segments }: WholeReading): ProblemError {
  return new ProblemError({
    code: 'cache-not-writable',
    what: `Reading ended after ${segments} segments, since no more can be stored.`,
    meaning: 'What was read until then is kept; a completion reads what it needs of the rest.',
    remedy: 'See the warning above it; then read again, which goes on from there.',
  });
}
