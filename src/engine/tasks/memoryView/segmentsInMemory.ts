import type { MemoryViewRequest, SegmentInMemory } from '../../../protocol';
import type { RecalledSegment } from '../../memory';
import type { Vocabulary } from '../../model';
import { LineShares } from './lineShares';
import type { PresentMemory } from './presentMemory';
import { TokenLines } from './tokenLines';

/** Where a recalled segment came from. */
export interface SegmentOrigin extends Pick<SegmentInMemory, 'path' | 'startLine' | 'endLine' | 'why'> {
  readonly folder: string;
  /** The file's text as it is now; undefined when it is gone or may not be read any more. */
  readonly text: string | undefined;
}

/** What the memory keeps of a recalled segment. @param first the source of its first token */
export function segmentInMemory(
  { tokens }: RecalledSegment, first: number, { text, ...origin }: SegmentOrigin, { kept }: PresentMemory, vocabulary: Vocabulary, detail: MemoryViewRequest['detail'],
): SegmentInMemory {
  const share = kept.share(first, tokens.length);
  const startLine = text === undefined ? undefined : lineNow(bodyOf(tokens, vocabulary), text, origin.startLine);
  if (startLine === undefined) return { ...origin, share, stale: true, lines: [] };
  const shares = new LineShares(kept, detail);
  // The first line of a segment is its path, which stands in no file.
  const { skipped, rest } = TokenLines.of(tokens, startLine - 1, vocabulary).from(startLine);
  shares.addCompeting(rest, first + skipped);
  return { ...origin, startLine, endLine: startLine + origin.endLine - origin.startLine, share, stale: false, lines: shares.result() };
}

function bodyOf(tokens: Int32Array, vocabulary: Vocabulary): string {
  const all = Buffer.from(vocabulary.join(tokens)).toString('utf8');
  return all.slice(all.indexOf('\n') + 1);
}

/** The line in which a text begins that stood in `line` once: there if it still does, else wherever it stands first. */
function lineNow(body: string, text: string, line: number): number | undefined {
  const now = text.replace(/\r\n?/g, '\n').normalize('NFC');
  const before = now.split('\n').slice(0, line - 1).reduce((length, one) => length + one.length + 1, 0);
  if (now.startsWith(body, before)) return line;
  const start = body === '' ? -1 : now.indexOf(body);
  return start < 0 ? undefined : now.slice(0, start).split('\n').length;
}
