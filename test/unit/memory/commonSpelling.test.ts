import assert from 'node:assert/strict';
import fc from 'fast-check';
import { commonSpelling } from '../../../src/engine/memory/commonSpelling';
import { useTinyModel } from '../tinyModel';

describe('commonSpelling', () => {
  const model = useTinyModel();
  const vocabulary = () => model().tokenizer.vocabulary;
  const encode = (text: string) => Int32Array.from(model().tokenizer.encode(text));
  const letters = (text: string) => Array.from(Buffer.from(text));

  it('keeps what is equal token by token when little follows', () => {
    const wanted = encode('return x');
    const held = [...wanted, ...letters('abc')];
    assert.deepEqual(commonSpelling(held, wanted, vocabulary()), { held: wanted.length, wanted: wanted.length });
  });

  it('keeps another spelling of the same characters when much would have to be read again', () => {
    const text = 'return return return return return x';
    const held = letters(text);
    const wanted = encode(text);
    assert.deepEqual(commonSpelling(held, wanted, vocabulary()), { held: held.length, wanted: wanted.length });
  });

  it('finds a boundary before which both say the same, whatever the spellings', () => {
    const words = fc.array(fc.constantFrom('return', ' =', 'func', 'tion', '\n  ', 'const', 'x', ' ', 'é', '漢'), { maxLength: 40 });
    fc.assert(fc.property(words, words, words, fc.boolean(), (start, left, right, spelled) => {
      const held = spelled ? letters([...start, ...left].join('')) : Array.from(encode([...start, ...left].join('')));
      const wanted = encode([...start, ...right].join(''));
      const common = commonSpelling(held, wanted, vocabulary());
      const bytes = (tokens: ArrayLike<number>) => Buffer.from(vocabulary().join(tokens)).toString('hex');
      assert.equal(bytes(held.slice(0, common.held)), bytes(wanted.subarray(0, common.wanted)));
    }), { numRuns: 500 });
  });

  it('never takes a special token for text', () => {
    const held = [...letters('aaaa'), 303];
    const common = commonSpelling(held, encode('aaaaxyzxyzxyz'), vocabulary());
    assert.deepEqual(common, { held: 4, wanted: 4 });
  });
});
