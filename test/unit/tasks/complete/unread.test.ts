import assert from 'node:assert/strict';
import fc from 'fast-check';
import { unreadText } from '../../../../src/engine/tasks/complete/unread';
import { useTokenizer } from '../../documents/useTokenizer';

describe('unreadText', () => {
  const tokenizer = useTokenizer();

  it('is nothing where everything was read', () => {
    assert.equal(unreadText([1, 2, 3], [], tokenizer().vocabulary), undefined);
  });

  it('names the lines of the first and the last missing character', () => {
    fc.assert(fc.property(fc.array(fc.constantFrom('one', 'two two', '', '\r', '  if (x) {', '猫'), { minLength: 2, maxLength: 30 }), fc.nat(), fc.nat(), (lines, a, b) => {
      const tokens = Array.from(tokenizer().encode(`${lines.join('\n')}\nend`));
      const start = Math.min(a % tokens.length, b % tokens.length);
      const end = Math.max(a % tokens.length, b % tokens.length) + 1;
      const bytes = (count: number) => Buffer.concat(tokens.slice(0, count).map((token) => tokenizer().vocabulary.bytesOf(token))).toString('latin1');
      assert.deepEqual(unreadText(tokens, [{ start, end }], tokenizer().vocabulary), {
        tokens: end - start,
        firstLine: bytes(start).split('\n').length,
        lastLine: bytes(end).slice(0, -1).split('\n').length,
      });
    }));
  });

  it('spans several parts that are missing', () => {
    const tokens = Array.from(tokenizer().encode('a\n'.repeat(50)));
    const whole = unreadText(tokens, [{ start: 0, end: 4 }, { start: 20, end: 30 }], tokenizer().vocabulary);
    assert.equal(whole?.tokens, 14);
    assert.equal(whole.firstLine, 1);
    assert.equal(whole.lastLine, unreadText(tokens, [{ start: 20, end: 30 }], tokenizer().vocabulary)?.lastLine);
  });
});
