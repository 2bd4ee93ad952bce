import assert from 'node:assert/strict';
import { closersBroughtBy } from '../../../../src/features/complete/closers';

describe('closers brought by a suggestion', () => {
  for (const [text, closers, brought] of [
    ['a, b);', ')', 1],
    ['a, b', ')', 0],
    ['f(a), b)', ')', 1],
    ['[1, 2])', '])', undefined],
    ['1, 2])', '])', 2],
    ['1, 2]', '])', 1],
    ['name"', '"', 1],
    ['na\\"me"', '"', 1],
    ['name")', '")', 2],
    ['a]', ')', undefined],
    ['anything', '', 0],
    ['anything', ' rest of the line', undefined],
    ['\n  a,\n)', ')', 1],
  ] as const) {
    it(`${JSON.stringify(text)} before ${JSON.stringify(closers)}: ${brought ?? 'cannot stand there'}`, () => {
      assert.equal(closersBroughtBy(text, closers), brought);
    });
  }
});
