import { defaultDoNotRead } from '../protocol/doNotRead';
import { describeSkip, doNotReadMatcher, readWorkspace, type Segment, type Segmenter } from '../engine/workspace';

/** Where a command writes: results to one stream, what happened to the other. */
export interface Streams {
  result(line: string): Promise<void>;
  note(line: string): void;
}

/**
 * Writes the segments that the engine would read of a folder, one JSON object a line: `{path, startLine, endLine, tokens}`,
 * lines 1-based and inclusive, `tokens` the ids of the path line and the lines. What is skipped is noted with its reason.
 */
export async function printSegments(directory: string, segmenter: Segmenter, streams: Streams): Promise<void> {
  const counts = { files: 0, segments: 0, tokens: 0, skipped: 0 };
  for await (const file of readWorkspace(directory, doNotReadMatcher(defaultDoNotRead))) {
    if ('reason' in file) {
      counts.skipped++;
      streams.note(describeSkip(file));
      continue;
    }
    counts.files++;
    for (const segment of await segmenter.segment(file.path, file.text)) {
      counts.segments++;
      counts.tokens += segment.tokens.length;
      await streams.result(JSON.stringify(exported(segment)));
    }
  }
  streams.note(`${counts.files} files, ${counts.segments} segments, ${counts.tokens} tokens; ${counts.skipped} skipped.`);
}

function exported({ path, startLine, endLine, tokens }: Segment) {
  return { path, startLine, endLine, tokens: Array.from(tokens) };
}
