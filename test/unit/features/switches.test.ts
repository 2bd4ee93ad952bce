import assert from 'node:assert/strict';
import { isOn, namesThatAreOn, parseSwitches } from '../../../src/features/switches';

describe('switches', () => {
  it('decide by name, then by the star, then for on', () => {
    assert.equal(isOn({ '*': false, python: true }, 'python'), true);
    assert.equal(isOn({ '*': false, python: true }, 'go'), false);
    assert.equal(isOn({}, 'go'), true);
  });

  it('leave out what is no switch', () => {
    assert.deepEqual(parseSwitches({ a: true, b: 'yes', c: false, d: null }), { a: true, c: false });
    for (const nonsense of [null, undefined, 3, 'a']) assert.deepEqual(parseSwitches(nonsense), {});
  });

  it('are on for the names of a plain list', () => {
    assert.deepEqual(parseSwitches(['*.pem', 3]), { '*.pem': true });
  });

  it('name those that are on', () => {
    assert.deepEqual(namesThatAreOn({ a: true, b: false }), ['a']);
  });
});
