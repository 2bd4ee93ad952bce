import assert from 'node:assert/strict';
import { isOfAnotherRelease } from '../../../../src/features/model/expectedPack';

describe('the model of another release', () => {
  const expected = { name: 'coder', packVersion: 'b' };

  it('is the same model in another version', () => {
    assert.equal(isOfAnotherRelease({ name: 'coder', packVersion: 'a' }, expected), true);
    assert.equal(isOfAnotherRelease({ name: 'coder', packVersion: 'b' }, expected), false);
  });

  it('is not another model, which a person chose, nor any where the build had none', () => {
    assert.equal(isOfAnotherRelease({ name: 'other', packVersion: 'a' }, expected), false);
    assert.equal(isOfAnotherRelease({ name: 'coder', packVersion: 'a' }, undefined), false);
  });
});
