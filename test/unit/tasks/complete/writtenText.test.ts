import assert from 'node:assert/strict';
import { WrittenText } from '../../../../src/engine/tasks/complete/writtenText';
import { useTinyModel } from '../../tinyModel';

describe('WrittenText', () => {
  const model = useTinyModel();

  it('leaves out what was typed before, also in the middle of a token', () => {
    const text = new WrittenText(3, model().tokenizer.vocabulary);
    for (const token of model().tokenizer.encode('return x')) text.push(token);
    assert.equal(text.text, 'urn x');
  });

  it('shows a character when all of its bytes are there', () => {
    const text = new WrittenText(0, model().tokenizer.vocabulary);
    const shown = Array.from(Buffer.from('a漢'), (byte) => {
      text.push(byte);
      return text.text;
    });
    assert.deepEqual(shown, ['a', 'a', 'a', 'a漢']);
  });
});
