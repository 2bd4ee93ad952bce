import assert from 'node:assert/strict';
import fc from 'fast-check';
import { ShownSuggestion } from '../../../../src/features/complete/shownSuggestion';
import type { TextEdit } from '../../../../src/protocol';

const uri = 'file:///a.ts';
const type = (offset: number, insert: string): TextEdit => ({ offset, deleteLength: 0, insert });

describe('shown suggestion', () => {
  let shown: ShownSuggestion;

  beforeEach(() => {
    shown = new ShownSuggestion();
    shown.show(uri, 10, 'print(name)\nreturn');
  });

  it('gives the rest when the typed text agrees', () => {
    shown.edit(uri, [type(10, 'p')]);
    shown.edit(uri, [type(11, 'ri')]);
    assert.deepEqual(shown.restAt(uri, 13), { text: 'nt(name)\nreturn', replaces: 0 });
  });

  it('gives nothing when the typed text differs', () => {
    shown.edit(uri, [type(10, 'x')]);
    assert.equal(shown.restAt(uri, 11), undefined);
  });

  it('comes back when the differing character is deleted', () => {
    shown.edit(uri, [type(10, 'px')]);
    shown.edit(uri, [{ offset: 11, deleteLength: 1, insert: '' }]);
    assert.deepEqual(shown.restAt(uri, 11), { text: 'rint(name)\nreturn', replaces: 0 });
  });

  it('replaces a bracket that the editor closed by itself', () => {
    shown.edit(uri, [type(10, 'print')]);
    shown.edit(uri, [type(15, '()')]);
    assert.deepEqual(shown.restAt(uri, 16), { text: 'name)\nreturn', replaces: 1 });
  });

  it('ends with an edit before it, behind it or across its start', () => {
    for (const edit of [type(0, 'x'), type(40, 'x'), { offset: 9, deleteLength: 1, insert: '' }]) {
      shown.show(uri, 10, 'print');
      shown.edit(uri, [edit]);
      assert.equal(shown.restAt(uri, 10), undefined);
    }
  });

  it('is not moved by an edit of another document', () => {
    shown.edit('file:///b.ts', [type(0, 'x')]);
    assert.deepEqual(shown.restAt(uri, 10), { text: 'print(name)\nreturn', replaces: 0 });
    assert.equal(shown.restAt('file:///b.ts', 10), undefined);
  });

  it('is at an end when all of it was typed or accepted', () => {
    shown.edit(uri, [type(10, 'print(name)\nreturn')]);
    assert.equal(shown.restAt(uri, 28), undefined);
  });

  it('always leads to the suggested text, with nothing around it touched', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b', '(', ')', '"'), minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(text, fc.array(fc.record({ at: fc.nat(12), remove: fc.nat(2), insert: text }), { maxLength: 5 }), fc.nat(12), (suggested, edits, at) => {
        const before = 'ab\n';
        const after = '\nba';
        let document = before + after;
        const anchor = before.length;
        const shown = new ShownSuggestion();
        shown.show(uri, anchor, suggested);
        for (const { at, remove, insert } of edits) {
          const offset = at % (document.length + 1);
          const deleteLength = Math.min(remove, document.length - offset);
          document = document.slice(0, offset) + insert + document.slice(offset + deleteLength);
          shown.edit(uri, [{ offset, deleteLength, insert }]);
        }
        const cursor = at % (document.length + 1);
        const rest = shown.restAt(uri, cursor);
        if (!rest) return;
        const accepted = document.slice(0, cursor) + rest.text + document.slice(cursor + rest.replaces);
        assert.ok(accepted.startsWith(before + suggested));
        assert.ok(accepted.endsWith(after));
      }),
      { numRuns: 2000 },
    );
  });
});
