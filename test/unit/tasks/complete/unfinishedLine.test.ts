import assert from 'node:assert/strict';
import { unfinishedLine } from '../../../../src/engine/tasks/complete/filter/unfinishedLine';
import { at } from './cursor';

describe('filter unfinished-line', () => {
  it('drops the last of several lines when the limit broke it off', () => {
    assert.equal(unfinishedLine.apply('a\n  b\n  c = fo', at('║'), 'limit'), 'a\n  b\n');
  });

  it('keeps a single line, and everything that ended by itself', () => {
    assert.equal(unfinishedLine.apply('a = fo', at('║'), 'limit'), 'a = fo');
    assert.equal(unfinishedLine.apply('\n  a = fo', at('║'), 'limit'), '\n  a = fo');
    assert.equal(unfinishedLine.apply('a\nb', at('║'), 'model'), 'a\nb');
  });
});
