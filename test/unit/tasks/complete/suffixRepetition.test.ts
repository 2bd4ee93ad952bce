import assert from 'node:assert/strict';
import { suffixRepetition } from '../../../../src/engine/tasks/complete/stop/suffixRepetition';
import { at } from './cursor';

describe('stop rule suffix-repetition', () => {
  const kept = (text: string, marked: string) => {
    const end = suffixRepetition.end(text, at(marked));
    return end === undefined ? undefined : text.slice(0, end);
  };

  it('ends before the line that follows the cursor anyway', () => {
    assert.equal(kept('a = 1\n    return total\n', 'def f():\n    ║\n    return total\n'), 'a = 1');
    assert.equal(kept('a = 1\n\n  return total \n', '    ║\n\n\n    return total'), 'a = 1');
  });

  it('waits for the whole line', () => {
    assert.equal(kept('a = 1\n    return total', '    ║\n    return total_of_all'), undefined);
  });

  it('does not take a bracket for a line', () => {
    assert.equal(kept('if (x) {\n  y\n}\n', '║\n}'), undefined);
  });
});
