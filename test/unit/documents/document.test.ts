import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { Document } from '../../../src/engine/documents';
import { longestPiece } from '../../../src/engine/documents/splitText';
import { codeLike } from './codeLike';
import { useTokenizer } from './useTokenizer';

describe('Document', () => {
  const tokenizer = useTokenizer();

  /** A document of the first text after the edits, whose numbers are taken modulo what is allowed. */
  const edited = (text: string, edits: readonly (readonly [number, number, string])[]) => {
    const document = new Document(text, tokenizer());
    let expected = text;
    for (const [at, count, insert] of edits) {
      const offset = at % (expected.length + 1);
      const deleteLength = count % (expected.length - offset + 1);
      document.edit({ offset, deleteLength, insert });
      expected = expected.slice(0, offset) + insert + expected.slice(offset + deleteLength);
    }
    return { document, expected };
  };
  const edits = fc.array(fc.tuple(fc.nat(), fc.nat({ max: 3000 }), codeLike(200)), { maxLength: 8 });

  it('has the text that the edits give', () => {
    fc.assert(fc.property(codeLike(6000), edits, (text, changes) => {
      const { document, expected } = edited(text, changes);
      assert.equal(document.text, expected);
      assert.equal(document.length, expected.length);
    }));
  });

  it('tokenises after edits to what a whole tokenisation of the prefix gives', () => {
    fc.assert(fc.property(codeLike(6000), edits, fc.nat(), (text, changes, at) => {
      const { document, expected } = edited(text, changes);
      fc.pre(expected.split(/[\r\n]/).every((line) => line.length < longestPiece / 4) && !/\s{500}/.test(expected));
      const offset = document.snap(at % (expected.length + 1));
      assert.deepEqual(Array.from(document.prefixTokens(offset)), Array.from(tokenizer().encode(expected.slice(0, offset))));
    }), { numRuns: 300 });
  });

  it('tokenises lines without end the same however they came about', () => {
    const long = fc.tuple(fc.array(fc.constantFrom('ab', 'return ', '(', ' ', '漢', '😀', '"'), { minLength: 2000, maxLength: 4000, size: 'max' }), codeLike(200))
      .map(([line, tail]) => line.join('') + tail);
    fc.assert(fc.property(long, edits, (text, changes) => {
      const { document, expected } = edited(text, changes);
      const fresh = new Document(expected, tokenizer());
      assert.deepEqual(document.prefixTokens(expected.length), fresh.prefixTokens(expected.length));
    }), { numRuns: 60 });
  });

  it('tokenises one block for a keystroke in a file of 30,000 lines', () => {
    const source = readFileSync(join(import.meta.dirname, '../../../src/engine/documents/document.ts'), 'utf8');
    const text = source.repeat(Math.ceil(30_000 / source.split('\n').length));
    let characters = 0;
    const document = new Document(text, { encode: (piece) => { characters += piece.length; return tokenizer().encode(piece); } });
    const cursor = text.length - 5000;
    document.prefixTokens(cursor);
    characters = 0;
    document.edit({ offset: cursor, deleteLength: 0, insert: 'x' });
    document.prefixTokens(cursor + 1);
    assert.ok(characters <= 8192, `${characters} characters were tokenised`);
  });

  it('counts an offset inside a surrogate pair as before the pair', () => {
    const document = new Document('a😀b', tokenizer());
    assert.equal(document.snap(2), 1);
    assert.deepEqual(document.prefixTokens(2), document.prefixTokens(1));
    assert.equal(document.snap(3), 3);
  });

  it('never makes special tokens of text', () => {
    const document = new Document('<|fim_prefix|><|endoftext|>\n<|im_start|>', tokenizer());
    assert.ok(document.prefixTokens(document.length).every((token) => token < tokenizer().vocabulary.size));
  });

  it('refuses an edit outside the text and stays as it was', () => {
    const document = new Document('abc', tokenizer());
    assert.throws(() => document.edit({ offset: 2, deleteLength: 2, insert: '' }), RangeError);
    assert.throws(() => document.edit({ offset: -1, deleteLength: 0, insert: '' }), RangeError);
    assert.equal(document.text, 'abc');
  });

  it('handles an empty text', () => {
    const document = new Document('', tokenizer());
    assert.equal(document.prefixTokens(0).length, 0);
    assert.equal(document.slice(0, 10), '');
    document.edit({ offset: 0, deleteLength: 0, insert: 'x\n' });
    assert.equal(document.text, 'x\n');
  });
});
