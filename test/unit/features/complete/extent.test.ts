import assert from 'node:assert/strict';
import { extentAt } from '../../../../src/features/complete/extent';

describe('extent of a completion', () => {
  for (const [before, after, extent] of [
    ['', '', 'block'],
    ['    ', '', 'block'],
    ['function f() {', '', 'block'],
    ['function f() {', '}', 'block'],
    ['def f(self):', '', 'block'],
    ['const f = (a) =>', '', 'block'],
    ['fn f() ->', '', 'block'],
    ['const total = ', '', 'line'],
    ['return a', '', 'line'],
    ['if (', ') {', 'line'],
    ['foo(', ');', 'block'],
    ['    ', 'return 1', 'line'],
  ] as const) {
    it(`${JSON.stringify(`${before}|${after}`)}: ${extent}`, () => {
      assert.equal(extentAt({ before, after }, 'auto'), extent);
    });
  }

  it('is what the setting says where it says something', () => {
    assert.equal(extentAt({ before: '', after: '' }, 'line'), 'line');
    assert.equal(extentAt({ before: 'a = ', after: '' }, 'block'), 'block');
  });
});
