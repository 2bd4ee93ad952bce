import type { UnreadText } from '../../../protocol';
import type { TokenRange } from '../../memory';
import type { Vocabulary } from '../../model';

const lineFeed = 0x0a;

/** What of a text the model has not read, in lines as a person counts them. @param ranges of its tokens, in order */
export function unreadText(tokens: ArrayLike<number>, ranges: readonly TokenRange[], vocabulary: Vocabulary): UnreadText | undefined {
  const first = ranges.at(0);
  const last = ranges.at(-1);
  if (first === undefined || last === undefined) return undefined;
  return {
    tokens: ranges.reduce((sum, { start, end }) => sum + end - start, 0),
    firstLine: lineAt(tokens, first.start, 0, vocabulary),
    // The line that the last missing character stands in.
    lastLine: lineAt(tokens, last.end - 1, -1, vocabulary),
  };
}

/** The line in which a token begins, or with -1 that of its last character. */
function lineAt(tokens: ArrayLike<number>, index: number, character: 0 | -1, vocabulary: Vocabulary): number {
  let line = 1;
  for (let i = 0; i < index; i++) line += lineFeeds(vocabulary.bytesOf(tokens[i]));
  return character === 0 ? line : line + lineFeeds(vocabulary.bytesOf(tokens[index]).subarray(0, -1));
}

function lineFeeds(bytes: Uint8Array): number {
  return bytes.reduce((count, byte) => (byte === lineFeed ? count + 1 : count), 0);
}
