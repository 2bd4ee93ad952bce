import assert from 'node:assert/strict';
import fc from 'fast-check';
import { RequiredText } from '../../../src/engine/decode';
import { readManifest, Tokenizer } from '../../../src/engine/model';
import { shippedModel } from '../../fixtures/shippedModel';
import { useTinyModel } from '../tinyModel';

describe('RequiredText', () => {
  const model = useTinyModel();
  const encode = (text: string) => Int32Array.from(model().tokenizer.encode(text));
  const required = (text: string, typed = text.length) => new RequiredText(encode(text), typed, model().tokenizer.vocabulary);
  const token = (text: string) => encode(text)[0];

  it('allows the next token of the usual spelling, and what spells all of the text and perhaps more', () => {
    const text = required('retu');
    assert.deepEqual([...encode('retu')], [token('ret'), token('u')]);
    assert.ok(text.allows(token('ret')));
    assert.ok(text.allows(token('return')));
    assert.ok(!text.allows(token('re')), 'another spelling');
    assert.ok(!text.allows(token('x')));
    assert.ok(!text.allows(303), 'a special token spells nothing');
  });

  it('constrains only as many bytes as it has', () => {
    const text = required('ret');
    assert.ok(!text.isSpelled);
    text.accept(token('return'));
    assert.ok(text.isSpelled);
    assert.ok(text.allows(token('x')));
  });

  it('tells tokens that only spell what was typed from those that add something', () => {
    const text = required('func con', 5);
    assert.equal(text.accept(token('func')), true);
    assert.equal(text.accept(token(' ')), true);
    assert.equal(text.accept(token('con')), false);
    assert.equal(text.accept(token('x')), false);
  });

  it('lets an indentation leave its last space to the word behind it, as the usual spelling of code does', async () => {
    const tokenizer = await Tokenizer.open(shippedModel, await readManifest(shippedModel));
    const ids = (text: string) => Int32Array.from(tokenizer.encode(text));
    const [indentation, word] = ids('    return');
    const text = new RequiredText(ids('    '), 4, tokenizer.vocabulary);
    assert.ok(text.allows(indentation), 'three of the four spaces');
    assert.equal(text.accept(indentation), true);
    assert.ok(text.allows(word), 'a space and the word');
    assert.equal(text.accept(word), false);
    assert.ok(text.isSpelled);
    tokenizer.dispose();
  });

  it('is spelled whole by whatever it allows, in no more tokens than usual, but for one behind white space', () => {
    fc.assert(fc.property(fc.string({ unit: fc.constantFrom('r', 'e', 't', 'u', 'n', ' ', 'é', '漢') }), fc.array(fc.nat(), { minLength: 60, maxLength: 60 }), (text, choices) => {
      const rest = required(text);
      const spelled: number[] = [];
      for (const choice of choices) {
        if (rest.isSpelled) break;
        const allowed = Array.from({ length: 320 }, (_, id) => id).filter((id) => rest.allows(id));
        spelled.push(allowed[choice % allowed.length]);
        rest.accept(spelled[spelled.length - 1]);
      }
      const bytes = Buffer.from(model().tokenizer.vocabulary.join(spelled));
      assert.ok(bytes.toString('latin1').startsWith(Buffer.from(text).toString('latin1')));
      assert.ok(spelled.length <= encode(text).length + (text.endsWith('  ') ? 1 : 0));
    }));
  });
});
