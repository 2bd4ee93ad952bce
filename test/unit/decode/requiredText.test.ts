import assert from 'node:assert/strict';
import fc from 'fast-check';
import { RequiredText } from '../../../src/engine/decode';
import { useTinyModel } from '../tinyModel';

describe('RequiredText', () => {
  const model = useTinyModel();
  const required = (typed: string, added: string) => new RequiredText(Buffer.from(typed), Buffer.from(added), model().tokenizer.vocabulary);
  const token = (text: string) => model().tokenizer.encode(text)[0];

  it('allows what spells part of it, or all of it and more', () => {
    const text = required('ret', '');
    assert.ok(text.allows(token('r')));
    assert.ok(text.allows(token('return')));
    assert.ok(!text.allows(token('x')));
    assert.ok(!text.allows(303), 'a special token spells nothing');
  });

  it('constrains only as many bytes as it has', () => {
    const text = required('ret', '');
    text.accept(token('return'));
    assert.equal(text.length, 0);
    assert.ok(text.allows(token('x')));
  });

  it('tells tokens that only spell what was typed from those that add something', () => {
    const text = required('re', 'turn');
    assert.equal(text.accept(token('r')), true);
    assert.equal(text.accept(token('et')), false);
  });

  it('is spelled whole by whatever it allows', () => {
    fc.assert(fc.property(fc.string({ unit: fc.constantFrom('r', 'e', 't', 'u', 'n', ' ', 'é', '漢') }), fc.array(fc.nat(), { maxLength: 60 }), (text, choices) => {
      const rest = required(text, '');
      const spelled: number[] = [];
      for (const choice of choices) {
        if (rest.length === 0) break;
        const allowed = Array.from({ length: 320 }, (_, id) => id).filter((id) => rest.allows(id));
        const next = allowed[choice % allowed.length];
        spelled.push(next);
        rest.accept(next);
      }
      const bytes = Buffer.from(model().tokenizer.vocabulary.join(spelled));
      const shared = Math.min(bytes.length, Buffer.byteLength(text));
      assert.deepEqual(bytes.subarray(0, shared), Buffer.from(text).subarray(0, shared));
    }));
  });
});
