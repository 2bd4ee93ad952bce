import assert from 'node:assert/strict';
import fc from 'fast-check';
import { longestPiece, splitText } from '../../../src/engine/documents/splitText';
import { useTokenizer } from './useTokenizer';
import { codeLike } from './codeLike';

describe('splitText', () => {
  const tokenizer = useTokenizer();

  it('gives pieces that join to the text and are never longer than allowed', () => {
    fc.assert(fc.property(codeLike(4000), (text) => {
      const pieces = splitText(text);
      assert.equal(pieces.map((piece) => piece.text).join(''), text);
      assert.ok(pieces.every((piece) => piece.text.length > 0));
    }));
  });

  it('gives pieces that tokenise, each alone, to what the whole tokenises to', () => {
    fc.assert(fc.property(codeLike(4000), (text) => {
      const pieces = splitText(text);
      fc.pre(!pieces.some(({ continues }) => continues));
      const apart = pieces.flatMap((piece) => Array.from(tokenizer().encode(piece.text)));
      assert.deepEqual(apart, Array.from(tokenizer().encode(text)));
    }), { numRuns: 200 });
  });

  it('cuts a line without end by force, never inside a surrogate pair', () => {
    const line = `x${'😀'.repeat(3 * longestPiece)}`;
    const pieces = splitText(line);
    assert.ok(pieces.length >= 6);
    assert.ok(pieces.every(({ text }) => text.length <= longestPiece && !/\p{Surrogate}/u.test(text)));
    assert.deepEqual(pieces.map(({ continues }) => continues), [false, ...pieces.slice(1).map(() => true)]);
  });
});
