import assert from 'node:assert/strict';
import { blockEnd } from '../../../../src/engine/tasks/complete/stop/blockEnd';
import { at } from './cursor';

describe('stop rule block-end', () => {
  const kept = (text: string, marked: string) => {
    const end = blockEnd.end(text, at(marked));
    return end === undefined ? undefined : text.slice(0, end);
  };

  it('ends a block that the line opened where the indentation does', () => {
    assert.equal(kept('\n    return 1\n\nclass', 'def f():║\n'), '\n    return 1');
    assert.equal(kept('\n    a = 1\n\n    return a\ndef g', 'def f():║'), '\n    a = 1\n\n    return a');
  });

  it('keeps the line that closes the block\'s bracket', () => {
    assert.equal(kept('\n  return 1;\n}\n\nfunction', 'function f() {║'), '\n  return 1;\n}');
    assert.equal(kept('{\n    a: 1,\n  });\n  next', '  foo(║'), '{\n    a: 1,\n  });');
    assert.equal(kept('\n  return 1;\n}', 'function f() {║'), undefined);
  });

  it('goes on through else', () => {
    assert.equal(kept('\n  a;\n} else {\n  b;\n}\nc', 'if (x) {║'), '\n  a;\n} else {\n  b;\n}');
  });

  it('ends statements beside the cursor\'s at a blank line', () => {
    assert.equal(kept('a = 1\n    b = 2\n\n    c = 3', '    ║'), 'a = 1\n    b = 2');
  });

  it('ends statements where the enclosing block ends', () => {
    assert.equal(kept('return a\n\n\ndef', '    ║'), 'return a');
    assert.equal(kept('x();\n  }\n}', '    ║'), 'x();');
  });

  it('counts tabs as indentation', () => {
    assert.equal(kept('\n\treturn nil\n}\n\nfunc', 'func f() error {║'), '\n\treturn nil\n}');
  });

  it('lets one line be', () => {
    assert.equal(kept('return 1', 'def f(): ║'), undefined);
    assert.equal(kept('\n\n', '    ║'), undefined);
  });
});
