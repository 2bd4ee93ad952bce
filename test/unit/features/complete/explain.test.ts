import assert from 'node:assert/strict';
import { explain } from '../../../../src/features/complete/explain';
import { silentResult } from '../../../../src/client';

describe('explain last completion', () => {
  it('says that there was none', () => {
    assert.equal(explain({ last: undefined, cancelledSince: 0 }), 'Nothing was completed yet in this window.');
  });

  it('gives the outcome, the reason, tokens, milliseconds and memory', () => {
    const result = {
      text: '',
      outcome: { kind: 'filtered', rule: 'repeats-suffix' },
      tokens: { read: 3, reused: 1200, generated: 9, accepted: 5 },
      milliseconds: { load: 0, firstToken: 80.4, total: 250.2 },
      memory: { keyValueBytes: 50_700_000, entries: 1024, window: 512 },
    } as const;
    const text = explain({ last: { path: 'a.ts', line: 7, result, milliseconds: 311.7 }, cancelledSince: 2 });
    for (const part of ['a.ts, line 7', '"repeats-suffix"', 'reused 1200, read 3, generated 9 (5 by lookup)', '312 in all, 250 in the engine, 80 to the first', '50.7 MB', '2 requests were cancelled']) {
      assert.ok(text.includes(part), `${part} is missing in: ${text}`);
    }
  });

  it('tells which segments were in memory and why, and how much of it each had', () => {
    const why = { lexical: 1, terms: ['area', 'width'], declares: [], imported: 0, open: 0, recent: 0 };
    const remembered = [
      { path: 'src/shapes.ts', startLine: 1, endLine: 9, share: 0.124, why: { ...why, declares: ['area'], imported: 0.3 } },
      { path: 'src/other.ts', startLine: 4, endLine: 5, share: 0.05, why: { ...why, open: 0.1, recent: 0.05 } },
      { path: 'a.ts', startLine: 90, endLine: 120, share: 0.01 },
    ];
    const result = { ...silentResult({ kind: 'empty' }), remembered };
    const text = explain({ last: { path: 'a.ts', line: 1, result, milliseconds: 1 }, cancelledSince: 0 });
    for (const part of [
      'src/shapes.ts:1-9 (declares area; is imported; 12 % of the memory)',
      'src/other.ts:4-5 (contains area, width; is open; was edited lately; 5 % of the memory)',
      'a.ts:90-120 (the rest of this file; 1 % of the memory)',
    ]) assert.ok(text.includes(part), `${part} is missing in: ${text}`);
    const nothing = { ...result, remembered: [] };
    assert.match(explain({ last: { path: 'a.ts', line: 1, result: nothing, milliseconds: 1 }, cancelledSince: 0 }), /Of other files nothing was in memory/);
  });

  it('says which lines the model had not read yet', () => {
    const result = { ...silentResult({ kind: 'completed' }), unread: { tokens: 26_880, firstLine: 1, lastLine: 2113 } };
    const text = explain({ last: { path: 'a.ts', line: 2400, result, milliseconds: 1 }, cancelledSince: 0 });
    assert.ok(text.includes('of lines 1 to 2113, 26880 tokens were missing'), text);
  });

  it('gives only the reason when the model was not asked', () => {
    const result = silentResult({ kind: 'disabled', reason: 'Completions are switched off.' });
    assert.equal(explain({ last: { path: 'a.ts', line: 1, result, milliseconds: 1 }, cancelledSince: 0 }), 'a.ts, line 1: Completions are switched off.');
  });
});
