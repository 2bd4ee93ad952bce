import assert from 'node:assert/strict';
import fc from 'fast-check';
import { offsetOf, parseLocation } from '../../../src/cli/location';
import { ProblemError } from '../../../src/protocol';

describe('FILE:LINE:COL', () => {
  it('is read from the right, so that the file may hold colons', () => {
    assert.deepEqual(parseLocation('', 'C:\\a.ts:12:3'), { file: 'C:\\a.ts', line: 12, column: 3 });
    assert.deepEqual(parseLocation('', 'a:1:2:3'), { file: 'a:1', line: 2, column: 3 });
  });

  it('is refused with the usage when it is something else', () => {
    for (const text of [undefined, '', 'a.ts', 'a.ts:1', 'a.ts:1:', ':1:1', 'a.ts:-1:2', 'a.ts:1:x']) {
      assert.throws(() => parseLocation('complete …', text), (error) => error instanceof ProblemError && error.problem.remedy.includes('complete …'));
    }
  });

  it('counts lines and columns as editors do', () => {
    const offset = (text: string, line: number, column: number) => offsetOf('', text, { file: 'a', line, column });
    assert.equal(offset('', 1, 1), 0);
    assert.equal(offset('ab\ncd', 2, 3), 5);
    assert.equal(offset('ab\r\ncd\rx', 2, 1), 4);
    assert.equal(offset('ab\r\ncd\rx', 3, 2), 8);
    assert.equal(offset('😀x\n', 1, 3), 2);
    assert.equal(offset('a\n', 2, 1), 2);
  });

  it('says which lines and columns there are', () => {
    assert.throws(() => offsetOf('', 'ab\n', { file: 'a', line: 3, column: 1 }), /lines 1 to 2/);
    assert.throws(() => offsetOf('', 'ab\n', { file: 'a', line: 1, column: 4 }), /columns 1 to 3/);
    assert.throws(() => offsetOf('', 'ab\n', { file: 'a', line: 0, column: 1 }), ProblemError);
  });

  it('finds every offset of a text that is not inside a line break', () => {
    fc.assert(fc.property(fc.array(fc.constantFrom('a', '漢', '\n', '\r\n'), { maxLength: 20 }), (atoms) => {
      let [line, column, offset] = [1, 1, 0];
      for (const atom of atoms) {
        assert.equal(offsetOf('', atoms.join(''), { file: 'a', line, column }), offset);
        offset += atom.length;
        [line, column] = atom.endsWith('\n') ? [line + 1, 1] : [line, column + 1];
      }
    }));
  });
});
