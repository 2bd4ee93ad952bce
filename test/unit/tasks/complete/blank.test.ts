import assert from 'node:assert/strict';
import { blank } from '../../../../src/engine/tasks/complete/filter/blank';
import { at } from './cursor';

describe('filter blank', () => {
  it('withholds what cannot be seen', () => {
    assert.equal(blank.apply(' \n\t', at('║'), 'model'), undefined);
    assert.equal(blank.apply(' x', at('║'), 'model'), ' x');
  });
});
