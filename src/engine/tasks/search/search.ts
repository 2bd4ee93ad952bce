import type { FoundSegment, SearchRequest, SearchResult } from '../../../protocol';
import type { Attention, Workspace } from '../../workspace';

/**
 * The segments that a question is about, with their text as it is now.
 *
 * @throws the signal's reason when aborted
 */
export async function searchIn(workspace: Workspace, { question, limit, mostCharacters }: SearchRequest, attention: Attention, signal: AbortSignal): Promise<SearchResult> {
  const segments: FoundSegment[] = [];
  let left = mostCharacters;
  for (const { path, startLine, endLine, why } of workspace.rankForQuestion(question, attention, limit)) {
    signal.throwIfAborted();
    const lines = (await workspace.textOf(path))?.split(/\r\n|\r|\n/).slice(startLine - 1, endLine) ?? [];
    const fitting = linesWithin(lines, left);
    if (fitting.length === 0) continue;
    const text = fitting.join('\n');
    segments.push({ path, startLine, endLine: startLine + fitting.length - 1, text, why });
    left -= text.length;
    if (fitting.length < lines.length) break;
  }
  return { segments, files: workspace.progress.files };
}

function linesWithin(lines: readonly string[], most: number): readonly string[] {
  let length = 0;
  const end = lines.findIndex((line) => (length += line.length + 1) > most + 1);
  return end < 0 ? lines : lines.slice(0, end);
}
