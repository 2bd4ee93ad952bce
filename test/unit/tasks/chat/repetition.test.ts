import assert from 'node:assert/strict';
import { repetitionStart } from '../../../../src/engine/tasks/chat';

const cut = (text: string) => {
  const start = repetitionStart(text);
  return start === undefined ? undefined : text.slice(0, start).trimEnd();
};

describe('a text that goes round in circles', () => {
  it('is cut before a sentence that stands there already', () => {
    assert.equal(cut('The cache is cleared by reset. It is called at the end. The cache is cleared by reset. '), 'The cache is cleared by reset. It is called at the end.');
  });

  it('is cut before a line of a list that comes again, whatever its number', () => {
    assert.equal(cut('1. The parser reads the header first.\n2. The parser reads the header first.\n'), '1. The parser reads the header first.');
  });

  it('is cut where a short unit repeats itself without an end', () => {
    assert.equal(cut(`It returns ${'the value of '.repeat(8)}`), 'It returns the value of');
  });

  it('may say short things twice', () => {
    assert.equal(cut('Yes. No. Yes. '), undefined);
  });

  it('may quote code whose lines are alike', () => {
    assert.equal(cut('```ts\nconst someValue = readTheValue();\nconst someValue = readTheValue();\n'), undefined);
  });

  it('may name the same thing in different sentences', () => {
    assert.equal(cut('The cache is cleared by reset. The cache is filled by load. '), undefined);
  });
});
