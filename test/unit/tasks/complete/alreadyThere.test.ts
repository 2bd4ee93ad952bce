import assert from 'node:assert/strict';
import { alreadyThere } from '../../../../src/engine/tasks/complete/filter/alreadyThere';
import { at } from './cursor';

describe('filter already-there', () => {
  it('withholds what stands behind the cursor', () => {
    assert.equal(alreadyThere.apply('\n    return total', at('    x = 1║\n\n    return total\n'), 'model'), undefined);
  });

  it('keeps what only begins like it', () => {
    assert.equal(alreadyThere.apply('return total + 1', at('║\nreturn total\n'), 'model'), 'return total + 1');
  });
});
