import assert from 'node:assert/strict';
import { repetition } from '../../../../src/engine/tasks/complete/stop/repetition';
import { at } from './cursor';

describe('stop rule repetition', () => {
  const kept = (text: string) => {
    const end = repetition.end(text, at('║'));
    return end === undefined ? undefined : text.slice(0, end);
  };

  it('keeps one of a line written three times', () => {
    assert.equal(kept('a\nfoo();\nfoo();\nfoo();\n'), 'a\nfoo();');
    assert.equal(kept('foo();\nfoo();\nbar();\n'), undefined);
  });

  it('keeps one of a piece written over and over', () => {
    assert.equal(kept(`x = ${'abc def, '.repeat(10)}`), 'x = abc def, ');
  });

  it('lets brackets and rulers be', () => {
    assert.equal(kept('}\n}\n}\n'), undefined);
    assert.equal(kept('// ----------'), undefined);
  });
});
