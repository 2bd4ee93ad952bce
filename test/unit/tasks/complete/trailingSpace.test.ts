import assert from 'node:assert/strict';
import { trailingSpace } from '../../../../src/engine/tasks/complete/filter/trailingSpace';
import { at } from './cursor';

describe('filter trailing-space', () => {
  it('removes white space at the end only', () => {
    assert.equal(trailingSpace.apply('\n  a  \n\n', at('║'), 'model'), '\n  a');
  });
});
