import assert from 'node:assert/strict';
import { judge } from '../../bench/summarize/judge';
import { topLevelNames } from '../../bench/summarize/topLevel';

describe('what a benchmark says of a summary', () => {
  it('knows the top-level names of a file by its language, and none of the inner ones', () => {
    assert.deepEqual([...topLevelNames('a.py', 'import os\nclass Shop:\n    def sell(self):\n        pass\nasync def open_shop():\n    pass\n')], ['Shop', 'open_shop']);
    assert.deepEqual([...topLevelNames('a.ts', 'export abstract class A {\n  run() {}\n}\nexport const b = 1;\nconst hidden = 2;\nexport default async function c() {}\n')], ['A', 'c', 'b']);
    assert.deepEqual([...topLevelNames('a.go', 'package a\n\nfunc (s *Shop) Sell() {}\ntype Shop struct {\n}\n')], ['Sell', 'Shop']);
    assert.deepEqual([...topLevelNames('a.rs', 'pub(crate) struct Shop;\nimpl Shop {\n    pub fn sell() {}\n}\npub unsafe fn open() {}\n')], ['Shop', 'open']);
    assert.deepEqual([...topLevelNames('a.h', 'class Shop;\ntemplate <typename T> class Till {\n};\nenum class Money { coin };\n')], ['Till', 'Money']);
    assert.deepEqual([...topLevelNames('notes.md', '# class A')], []);
  });

  it('counts a link as right only where its name stands in the line it leads to', () => {
    const text = 'class Shop:\n    pass\n\ndef close():\n    pass\n';
    const summary = '- [`Shop`](shop.py#L1) (1–2)\n- [`close`](shop.py#L2)\n- [`gone`](shop.py#L99)\n';
    assert.deepEqual(judge('shop.py', text, summary), { links: 3, rightLinks: 1, topLevel: 2, covered: 2 });
  });
});
