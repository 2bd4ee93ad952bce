import type { Vocabulary } from '../../model';

/**
 * How many of the tokens that were read still say what a document says: the document may have been edited since, and what
 * the model wrote may stand behind the cursor.
 *
 * @param document its text; one UTF-16 unit is at least one byte, so that as many units as bytes are enough of it
 */
export function tokensStillTrue(tokens: readonly number[], document: (length: number) => string, vocabulary: Vocabulary): number {
  const read = vocabulary.join(tokens);
  const now = Buffer.from(document(read.length).normalize('NFC'));
  let equal = 0;
  while (equal < read.length && equal < now.length && read[equal] === now[equal]) equal++;
  let bytes = 0;
  for (const [i, token] of tokens.entries()) {
    bytes += vocabulary.lengthOf(token);
    if (bytes > equal) return i;
  }
  return tokens.length;
}
