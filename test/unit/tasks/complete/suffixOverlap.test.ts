import assert from 'node:assert/strict';
import { suffixOverlap } from '../../../../src/engine/tasks/complete/filter/suffixOverlap';
import { at } from './cursor';

describe('filter suffix-overlap', () => {
  const apply = (text: string, marked: string) => suffixOverlap.apply(text, at(marked), 'model');

  it('inserts once what both end and begin with', () => {
    assert.equal(apply('x, y);', 'foo(║);'), 'x, y');
    assert.equal(apply('value + other', 'return ║ + other'), 'value');
  });

  it('looks at the cursor\'s line only', () => {
    assert.equal(apply('a\n}', '║\n}'), 'a\n}');
  });

  it('does not cut words', () => {
    assert.equal(apply('x or', 'a ║ order'), 'x or');
    assert.equal(apply('col', '║color'), 'col');
  });
});
