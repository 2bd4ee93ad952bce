import assert from 'node:assert/strict';
import { extraIndentation } from '../../../../src/engine/tasks/complete/filter/extraIndentation';
import { at } from './cursor';

describe('filter extra-indentation', () => {
  const apply = (text: string, marked: string) => extraIndentation.apply(text, at(marked), 'model');

  it('removes what would indent deeper for no reason', () => {
    assert.equal(apply('    return a', 'def f():\n    a = 1\n    ║'), 'return a');
  });

  it('removes it inside an opened block where the editor has indented already', () => {
    assert.equal(apply('  return a;', 'function f() {\n  ║\n}'), 'return a;');
  });

  it('keeps it behind a line that opens a block, and elsewhere', () => {
    assert.equal(apply('  x', '  if (a) {\n  ║'), '  x');
    assert.equal(apply('    return a', 'def f():\n║'), '    return a');
    assert.equal(apply(' + 1', 'a = 1\nb = a║'), ' + 1');
  });
});
