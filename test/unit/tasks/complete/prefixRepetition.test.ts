import assert from 'node:assert/strict';
import { prefixRepetition } from '../../../../src/engine/tasks/complete/filter/prefixRepetition';
import { at } from './cursor';

describe('filter prefix-repetition', () => {
  it('withholds the lines right before the cursor', () => {
    assert.equal(prefixRepetition.apply('import os.path', at('import os.path\n║'), 'model'), undefined);
    assert.equal(prefixRepetition.apply('os.path', at('import os.path\nimport ║'), 'model'), undefined);
  });

  it('keeps short lines and other text', () => {
    assert.equal(prefixRepetition.apply('break;', at('break;\n║'), 'model'), 'break;');
    assert.equal(prefixRepetition.apply('import os.environ', at('import os.path\n║'), 'model'), 'import os.environ');
  });
});
