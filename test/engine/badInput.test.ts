import assert from 'node:assert/strict';
import fc from 'fast-check';
import { longestText } from '../../src/engine/documents';
import { codeLike } from '../unit/documents/codeLike';
import { Editor } from './editor';
import { useRealModel } from './realModel';
import { useTinyEngine } from './tinyEngine';

describe('any document gets a sensible completion or a typed outcome', function () {
  this.timeout(180_000);
  const tiny = useTinyEngine();

  it('CRLF, tabs, emoji, CJK, marks and half pairs around the cursor', async () => {
    await fc.assert(fc.asyncProperty(codeLike(600), fc.nat(), fc.constantFrom('line', 'block'), async (text, at, extent) => {
      const editor = new Editor(tiny(), text, at % (text.length + 1));
      const { text: completion, outcome, tokens } = await editor.complete({ maxTokens: 8, extent });
      editor.close();
      assert.ok(!/\p{Surrogate}/u.test(completion));
      assert.equal(completion === '', outcome.kind !== 'completed');
      const reason = 'reason' in outcome ? outcome.reason : 'a text outcome';
      assert.ok(outcome.kind !== 'unreadable' || text.includes('\0'), reason);
      assert.ok(tokens.read >= 0 && tokens.reused >= 0);
    }), { numRuns: 60 });
  });

  it('an empty file, and the cursor at the start and at the end', async () => {
    for (const [text, cursor] of [['', 0], ['x = 1\n', 0], ['x = 1\n', 6]] as const) {
      const editor = new Editor(tiny(), text, cursor);
      const { outcome } = await editor.complete();
      assert.ok(['completed', 'empty', 'filtered'].includes(outcome.kind), outcome.kind);
      editor.close();
    }
  });

  it('a binary file and one that is too long are unreadable, with the reason', async () => {
    for (const [text, reason] of [['a\0b', /binary/], ['x'.repeat(longestText + 1), /characters/]] as const) {
      const editor = new Editor(tiny(), text, 1);
      const { outcome } = await editor.complete();
      assert.ok(outcome.kind === 'unreadable' && reason.test(outcome.reason), JSON.stringify(outcome));
      editor.close();
    }
  });

  it('one line of a megabyte', async () => {
    const line = 'var a=[1,2,3];'.repeat(75_000);
    const editor = new Editor(tiny(), line, 5000);
    const { outcome } = await editor.complete({ maxTokens: 4 });
    assert.ok(['completed', 'empty', 'filtered'].includes(outcome.kind), outcome.kind);
    editor.close();
  });

  it('an offset outside the document and an old version', async () => {
    const editor = new Editor(tiny(), 'x', 1);
    assert.equal((await editor.complete({ offset: 9 })).outcome.kind, 'unreadable');
    assert.equal((await editor.complete({ version: 0 })).outcome.kind, 'cancelled');
    assert.equal((await editor.complete({ uri: 'test:unknown' })).outcome.kind, 'unreadable');
    editor.close();
  });
});

describe('the real model completes across scripts and line breaks', function () {
  this.timeout(180_000);
  const engine = useRealModel();

  const cases: [name: string, before: string, after: string, expected: RegExp][] = [
    ['CRLF', 'function add(a, b) {\r\n  return a ', ';\r\n}\r\n', /^\+ b$/],
    ['a word that is not whole', 'import os\n\ndef read(path):\n    with open(path) as handle:\n        retu', '\n', /^rn handle\.read/],
    ['an auto-closed bracket', 'def area(width, height):\n    return width * height\n\nprint(area(', '))\n', /^\d+, ?\d+$/],
    ['emoji and CJK', '# 😀 挨拶する\ndef greet(name):\n    return f"こんにちは、{na', '}"\n', /^me$/],
    ['tabs', 'package main\n\nfunc add(a int, b int) int {\n\treturn a ', '\n}\n', /^\+ b$/],
  ];
  for (const [name, before, after, expected] of cases) {
    it(name, async () => {
      const editor = new Editor(engine(), before + after, before.length);
      const result = await editor.complete({ extent: 'line' });
      assert.match(result.text, expected, JSON.stringify(result));
      editor.close();
    });
  }

  it('begins with what the suggest widget has selected', async () => {
    const before = 'const items = [3, 1, 2];\nconst largest = Math.m';
    const editor = new Editor(engine(), `${before}\n`, before.length);
    const result = await editor.complete({ extent: 'line', mustStartWith: 'ax' });
    assert.match(result.text, /^ax\(/, JSON.stringify(result));
    editor.close();
  });
});
