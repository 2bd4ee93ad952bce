import assert from 'node:assert/strict';
import { tokensToHeal } from '../../../../src/engine/tasks/complete/healing';
import { useTokenizer } from '../../documents/useTokenizer';

describe('token healing', () => {
  const tokenizer = useTokenizer();
  const healed = (text: string) => {
    const tokens = Int32Array.from(tokenizer().encode(text));
    return tokenizer().decode(tokens.subarray(tokens.length - tokensToHeal(tokens, tokenizer().vocabulary)));
  };

  it('takes a word back that is not whole', () => {
    assert.equal(healed('    const value = reque'), ' reque');
    assert.equal(healed('configu'), 'configu');
  });

  it('takes one token back elsewhere', () => {
    assert.equal(healed('foo('), '(');
    assert.equal(healed('foo(a, '), ' ');
    assert.equal(healed('x = 1;\n'), ';\n');
  });

  it('takes at most three tokens of a long word back', () => {
    const word = 'pneumonoultramicroscopicsilicovolcanoconiosis';
    assert.ok(tokenizer().encode(word).length > 6);
    assert.ok(word.endsWith(healed(word)) && healed(word).length < word.length / 2);
  });

  it('takes nothing back where there is nothing', () => {
    assert.equal(healed(''), '');
  });
});
