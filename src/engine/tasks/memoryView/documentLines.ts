import type { DocumentMemory, MemoryViewRequest } from '../../../protocol';
import type { Document } from '../../documents';
import type { Vocabulary } from '../../model';
import { tokensStillTrue } from './heldText';
import { LineShares } from './lineShares';
import type { PresentMemory } from './presentMemory';
import { TokenLines } from './tokenLines';

type Lines = Pick<DocumentMemory, 'lines' | 'readTo' | 'share'>;

/** What is kept of the document that the memory was made for: its text up to the cursor, and the suffix behind that. */
export function documentLines(memory: PresentMemory, document: Document, vocabulary: Vocabulary, detail: MemoryViewRequest['detail']): Lines {
  const { kept, absorbed } = memory;
  const shares = new LineShares(kept, detail);
  const held = tokensStillTrue(memory.text, (length) => document.slice(0, length), vocabulary);
  const text = memory.text.slice(0, held);
  const lines = TokenLines.of(text, 1, vocabulary);
  addAbsorbed(shares, lines.slice(0, absorbed), memory);
  shares.addLive(lines.slice(absorbed));
  shares.addLive(suffixLines(memory, document, vocabulary.join(text), vocabulary));
  return { lines: shares.result(), readTo: held === 0 ? 0 : lines.lastOf(held - 1), share: kept.share(0, absorbed) };
}

function addAbsorbed(shares: LineShares, lines: TokenLines, { unread }: PresentMemory): void {
  let next = 0;
  for (const { start, end } of unread) {
    shares.addCompeting(lines.slice(next, start), next);
    shares.addUnread(lines.slice(start, end));
    next = end;
  }
  shares.addCompeting(lines.slice(next), next);
}

/** The lines of the suffix's tokens, where its text still stands behind the cursor. */
function suffixLines({ pinned }: PresentMemory, document: Document, before: Uint8Array, vocabulary: Vocabulary): TokenLines {
  const tokens = pinned.filter((token) => vocabulary.lengthOf(token) > 0);
  const suffix = Buffer.from(vocabulary.join(tokens)).toString('utf8');
  const all = document.text.normalize('NFC');
  const start = suffix === '' ? -1 : all.indexOf(suffix, Buffer.from(before).toString('utf8').length);
  if (start < 0) return TokenLines.of([], 1, vocabulary);
  let line = 1;
  for (let at = all.indexOf('\n'); at >= 0 && at < start; at = all.indexOf('\n', at + 1)) line++;
  return TokenLines.of(tokens, line, vocabulary);
}
