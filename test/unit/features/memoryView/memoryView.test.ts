import assert from 'node:assert/strict';
import { describeLine } from '../../../../src/features/memoryView/describe';
import { levelOf, runsOf } from '../../../../src/features/memoryView/levels';
import { linesOf } from '../../../../src/features/memoryView/linesOf';
import type { LineMemory, MemoryView, SegmentInMemory } from '../../../../src/protocol';

const line = (number: number, kept: number, live = false, tokens = 4): LineMemory => ({ line: number, tokens, kept, live });
const segment: SegmentInMemory = { folder: '/w', path: 'src/a.ts', startLine: 5, endLine: 6, share: 0.5, stale: false, lines: [line(5, 0.5), line(6, 1)] };
const view: MemoryView = {
  documents: [{ uri: 'file:///w/src/b.ts', version: 2, lines: [line(1, 0.1), line(2, 1, true)], readTo: 2, share: 0.5 }],
  segments: [segment], entries: 10, capacity: 20, layers: 2, keyValueHeads: 2,
};

describe('shades of the memory view', () => {
  it('have a step for each quarter, none for nothing, and their own around the cursor', () => {
    assert.deepEqual([0, 0.01, 0.25, 0.26, 0.5, 0.75, 0.76, 1].map((kept) => levelOf({ kept, live: false })), [undefined, 'little', 'little', 'some', 'some', 'much', 'whole', 'whole']);
    assert.deepEqual([levelOf({ kept: 1, live: true }), levelOf({ kept: 0.3, live: true })], ['live', 'some']);
  });

  it('take lines of a level that stand next to each other as one', () => {
    const runs = runsOf([line(1, 1), line(2, 0.9), line(3, 0.1), line(4, 1), line(6, 1), line(7, 0)]);
    assert.deepEqual(runs.get('whole'), [{ startLine: 1, endLine: 2 }, { startLine: 4, endLine: 4 }, { startLine: 6, endLine: 6 }]);
    assert.deepEqual([...runs.keys()], ['whole', 'little']);
  });

  it('lie on the document that the memory was made for, and on files whose segments it recalls', () => {
    assert.deepEqual(linesOf(view, { uri: 'file:///w/src/b.ts', version: 2, path: '/w/src/b.ts', isKnown: true })?.map((one) => one.line), [1, 2]);
    assert.deepEqual(linesOf(view, { uri: 'file:///w/src/a.ts', version: 9, path: '/w/src/a.ts', isKnown: true })?.map((one) => one.line), [5, 6]);
    assert.deepEqual(linesOf(view, { uri: 'file:///w/src/c.ts', version: 1, path: '/w/src/c.ts', isKnown: true }), []);
  });

  it('never lie on a text that the engine knows otherwise', () => {
    assert.equal(linesOf(view, { uri: 'file:///w/src/b.ts', version: 3, path: '/w/src/b.ts', isKnown: true }), undefined);
    assert.deepEqual(linesOf(view, { uri: 'file:///w/src/a.ts', version: 9, path: '/w/src/a.ts', isKnown: false }), []);
  });

  it('take both parts of a line in which one ends and another begins', () => {
    const both = { ...view, segments: [{ ...segment, path: 'src/b.ts', lines: [line(2, 0, false, 12)] }] };
    assert.deepEqual(linesOf(both, { uri: 'file:///w/src/b.ts', version: 2, path: '/w/src/b.ts', isKnown: true })?.at(1), { line: 2, tokens: 16, kept: 0.25, live: true });
  });
});

describe('the hover of the memory view', () => {
  it('tells the average and each layer', () => {
    const text = describeLine({ ...line(3, 0.375), layers: [0.25, 0.5] }, view);
    assert.match(text, /remembers 38 % of this line:\*\* the average of its 4 tokens over 2 layers of 2 heads/);
    assert.match(text, /layer {2}1 to {2}2 {2}25 {2}50/);
  });

  it('says when nothing of a line is kept, and when all of it is there for now', () => {
    assert.match(describeLine(undefined, view), /nothing of this line.*10 of at most 20 entries/);
    assert.match(describeLine(line(1, 1, true), view), /has all of this line:\*\* its 4 tokens, as text around the cursor/);
  });
});
