import assert from 'node:assert/strict';
import { closingBracket } from '../../../../src/engine/tasks/complete/stop/closingBracket';
import { at } from './cursor';

describe('stop rule closing-bracket', () => {
  const kept = (text: string, marked: string) => {
    const end = closingBracket.end(text, at(marked));
    return end === undefined ? undefined : text.slice(0, end);
  };

  it('ends before a bracket that stands behind the cursor already', () => {
    assert.equal(kept('a, b);', 'foo(║)'), 'a, b');
    assert.equal(kept('x[1]]', 'y[║]'), 'x[1]');
    assert.equal(kept('\n  return 1;\n}', 'function f() {║\n}'), '\n  return 1;\n');
  });

  it('lets it close what the text before the cursor opened', () => {
    assert.equal(kept('a, b);', 'foo(║'), undefined);
    assert.equal(kept('1;\n}', 'function f() {\n  return ║'), undefined);
  });

  it('ends before a bracket that nothing opened', () => {
    assert.equal(kept('a);', 'x = ║'), 'a');
    assert.equal(kept('a));', 'foo(║'), 'a)');
  });

  it('does not count brackets in strings', () => {
    assert.equal(kept('")")', 'foo(║'), undefined);
    assert.equal(kept('\'(\')', 'foo(║)'), '\'(\'');
  });

  it('lets balanced brackets be', () => {
    assert.equal(kept('bar(1, [2, {a: 3}])', 'foo(║)'), undefined);
  });
});
