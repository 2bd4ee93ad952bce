import type { Engine } from '../engine/engine';
import type { ChosenSegment } from '../engine/recall';
import type { CompletionRequest } from '../protocol';
import type { Streams } from './streams';

/** Files after which progress is told again. */
const filesBetweenNotes = 500;

/**
 * Reads the workspace and encodes the segments that matter for a place, with progress as notes.
 *
 * @returns the segments that the completion recalls, the best first
 * @throws ProblemError when the workspace cannot be read
 */
export async function prepareWorkspace(
  engine: Engine, place: Pick<CompletionRequest, 'uri' | 'offset'>, limit: number, streams: Streams,
): Promise<readonly ChosenSegment[]> {
  let told = 0;
  return engine.prepare(place, limit, new AbortController().signal, {
    reading: ({ files, segments, skipped }) => {
      if (files < told + filesBetweenNotes) return;
      told = files;
      streams.note(`read ${files} files, ${segments} segments; ${skipped} skipped`);
    },
    encoding: ({ path, startLine, endLine, tokens }, done, count) => {
      streams.note(`encoding ${done + 1} of ${count}: ${JSON.stringify(path)} ${startLine}-${endLine}, ${tokens.length} tokens`);
    },
  });
}

/** A chosen segment as `--json` shows it. */
export function describeSegment({ path, startLine, endLine, prior, why }: ChosenSegment): object {
  return { path, startLine, endLine, prior, ...(why === undefined ? {} : { why }) };
}
