import assert from 'node:assert/strict';
import { lineEnd } from '../../../../src/engine/tasks/complete/stop/lineEnd';
import { at } from './cursor';

describe('stop rule line-end', () => {
  const end = (text: string, marked: string, extent?: 'line' | 'block') => lineEnd.end(text, at(marked, extent));

  it('ends a completion of one line with the line', () => {
    assert.equal(end('b);\nnext', 'foo(a, ║\nrest', 'line'), 3);
    assert.equal(end('b);', 'foo(a, ║\nrest', 'line'), undefined);
  });

  it('knows all line breaks', () => {
    assert.equal(end('b\r\nc', 'a║\r\n', 'line'), 1);
    assert.equal(end('b\rc', 'a║\r', 'line'), 1);
  });

  it('takes the next line where the cursor stands at a line\'s end', () => {
    assert.equal(end('\n    return 1\n', 'def f():║\n', 'line'), 13);
    assert.equal(end('\n\n', 'def f():║\n', 'line'), undefined);
  });

  it('lets a block go on', () => {
    assert.equal(end('b\nc\n', '║', 'block'), undefined);
  });

  it('never leaves the line with code behind the cursor', () => {
    assert.equal(end('\nx', 'foo(║bar)', 'block'), 0);
    assert.equal(end('a, \nx', 'foo(║bar)', 'block'), 3);
  });

  it('does not take an auto-closed bracket for code', () => {
    assert.equal(end('\nx\n', 'foo(║)', 'block'), undefined);
  });
});
