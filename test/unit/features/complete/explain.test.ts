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
