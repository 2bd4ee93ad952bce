import assert from 'node:assert/strict';
import fc from 'fast-check';
import { stillFits, suffixBehind } from '../../../../src/engine/tasks/complete/suffix';
import { codeLike } from '../../documents/codeLike';
import { useTokenizer } from '../../documents/useTokenizer';

describe('suffix', () => {
  const tokenizer = useTokenizer();
  const behind = (after: string, most = 256) => suffixBehind(after, most, tokenizer());

  it('is the whole rest when that is short', () => {
    assert.equal(behind('bar)\nnext\n').text, 'bar)\nnext\n');
  });

  it('begins behind closing brackets at the line\'s end', () => {
    assert.equal(behind(');\nnext').text, '\nnext');
    assert.deepEqual(behind(');\nnext'), behind('\nnext'));
  });

  it('has at most so many tokens and ends with a line', () => {
    fc.assert(fc.property(codeLike(3000), fc.integer({ min: 1, max: 64 }), (after, most) => {
      const { text, tokens } = behind(after, most);
      assert.ok(tokens.length <= most);
      assert.ok(after.normalize('NFC').includes(text) || text.includes('\ufffd'));
    }));
    const { text, tokens } = behind('let value = 1;\n'.repeat(100), 100);
    assert.ok(text.endsWith('\n') && tokens.length > 90);
  });

  it('still fits while one types, and while the editor closes brackets', () => {
    const suffix = behind('\n  return x;\n}\n');
    for (const after of ['\n  return x;\n}\n', ')\n  return x;\n}\n', '"})\n  return x;\n}\n', '\n    }\n  return x;\n}\n']) {
      assert.ok(stillFits(suffix, after), JSON.stringify(after));
    }
  });

  it('no longer fits after another edit or a jump', () => {
    const suffix = behind('\n  return x;\n}\n');
    for (const after of ['', '\n  return y;\n}\n', ' foo()\n  return x;\n}\n', '}\n']) assert.ok(!stillFits(suffix, after), JSON.stringify(after));
  });

  it('fits at the end of a file as long as nothing but brackets follows', () => {
    const suffix = behind('');
    assert.ok(stillFits(suffix, ')'));
    assert.ok(stillFits(suffix, '\n}\n'));
    assert.ok(!stillFits(suffix, 'x'));
  });
});
