import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { Grammars, maxSegmentTokens, Segmenter, type Segment } from '../../../src/engine/workspace';
import { withTree } from './tree';
import { useSegmenter } from './useSegmenter';

const joined = (segments: readonly Segment[]) => segments.map(({ body }) => body).join('');

function assertWhole(segments: readonly Segment[], text: string): void {
  assert.equal(joined(segments), text.replace(/\r\n?/g, '\n'));
  for (const { tokens } of segments) assert.ok(tokens.length > 0 && tokens.length <= maxSegmentTokens, `${tokens.length} tokens`);
  for (const [index, { startLine, endLine }] of segments.entries()) {
    assert.ok(startLine <= endLine);
    const next = segments.at(index + 1);
    if (next !== undefined) assert.ok(next.startLine === endLine + 1 || (next.startLine === endLine && next.cut === 'line'));
  }
}

/** Functions of about `size` lines each, as a language writes them. */
function pythonFunctions(count: number, size: number): string {
  const body = Array.from({ length: size }, (_, line) => `    value_${line} = compute(argument, ${line}) + other_value\n`).join('');
  return Array.from({ length: count }, (_, index) => `# About number ${index}.\ndef function_${index}(argument):\n${body}    return value_0\n\n\n`).join('');
}

describe('segments', function () {
  this.timeout(120_000);
  const use = useSegmenter();

  it('begin with the path and hold the rest of the file exactly', async () => {
    const [segment] = await use().segmenter.segment('src/a.py', 'x = 1\n');
    assert.equal(segment.header + segment.body, 'src/a.py\nx = 1\n');
    assert.deepEqual([...segment.tokens], [...Array.from(use().encoder.encode('src/a.py\nx = 1\n'))]);
  });

  it('cover any text exactly, in at most 1,020 tokens each, whatever the language', async () => {
    const line = fc.oneof(
      fc.constantFrom('', '}', 'def f(x):', '  return {', 'class A {', '/* open', '"""', 'export const a = () => {', '#if X', '\t\tdeep();', '<div>', '`${'),
      fc.string({ unit: 'grapheme', maxLength: 60 }),
      fc.string({ unit: 'binary', maxLength: 20 }),
    );
    const ending = fc.constantFrom('\n', '\r\n', '\r');
    const text = fc.array(fc.tuple(line, ending), { maxLength: 300 }).map((lines) => lines.flat().join(''));
    const path = fc.constantFrom('a.ts', 'a.tsx', 'a.js', 'a.py', 'a.go', 'a.rs', 'a.java', 'a.cpp', 'a.rb', 'a.sh', 'a.css', 'a.md', 'a');
    await fc.assert(fc.asyncProperty(path, text, async (name, content) => {
      assertWhole(await use().segmenter.segment(name, content), content);
    }), { numRuns: 150 });
  });

  it('pack small declarations together and never divide one that fits', async () => {
    const text = pythonFunctions(40, 6);
    const segments = await use().segmenter.segment('small.py', text);
    assertWhole(segments, text);
    assert.ok(segments.length > 2);
    for (const { body } of segments) assert.match(body, /^# About number \d+\.\ndef /);
    for (const { tokens } of segments.slice(0, -1)) assert.ok(tokens.length > 900, `${tokens.length} tokens of 1,020`);
  });

  it('keep a comment, a decorator or an attribute with what follows it', async () => {
    const python = Array.from({ length: 60 }, (_, i) => `@decorated(${i})\ndef function_${i}(a, b):\n    return call(a, b, ${i}) or default_value\n`).join('\n');
    for (const { body } of await use().segmenter.segment('a.py', python)) assert.match(body, /^@decorated/);
    const rust = Array.from({ length: 60 }, (_, i) => `/// Says ${i}.\n#[derive(Debug, Clone)]\npub struct Point${i} {\n    pub x: i64,\n    pub y: i64,\n}\n`).join('\n');
    for (const { body } of await use().segmenter.segment('a.rs', rust)) assert.match(body, /^\/\/\/ Says/);
  });

  it('divide a class too large for one segment between its methods', async () => {
    const methods = Array.from({ length: 30 }, (_, i) => `  method${i}(first: number, second: string): string {\n    const result = this.compute(first, second, ${i});\n    return result.toString() + second.repeat(first);\n  }\n`);
    const segments = await use().segmenter.segment('a.ts', `export class Large extends Base {\n${methods.join('\n')}}\n`);
    assert.ok(segments.length > 1);
    assert.match(segments[0].body, /^export class Large/);
    for (const segment of segments.slice(1)) {
      assert.equal(segment.cut, 'declaration');
      assert.match(segment.body, /^ {2}method\d+\(/);
    }
    assert.deepEqual(segments[0].definitions.slice(0, 2), ['Large', 'method0']);
  });

  it('divide an enumeration too large for one segment between its variants', async () => {
    const variants = Array.from({ length: 80 }, (_, i) => `    /// What went wrong in place ${i}.\n    Problem${i} {\n        expected: String,\n        found: String,\n    },\n`);
    const segments = await use().segmenter.segment('a.rs', `pub enum Problem {\n${variants.join('')}}\n`);
    assert.ok(segments.length > 1);
    for (const segment of segments.slice(1)) {
      assert.equal(segment.cut, 'declaration');
      assert.match(segment.body, /^ {4}\/\/\/ What went wrong/);
    }
  });

  it('divide a function too large for one segment at blank lines and indentation, and say so', async () => {
    const step = (i: number) => `    first = read(source, ${i})\n    if first:\n        write(first, target)\n\n`;
    const segments = await use().segmenter.segment('a.py', `def long(source, target):\n${Array.from({ length: 120 }, (_, i) => step(i)).join('')}`);
    assert.deepEqual([segments[0].cut, segments[1].cut], ['file', 'inside']);
    for (const { body } of segments.slice(1)) assert.match(body, /^ {4}first = read/);
  });

  it('divide text without a grammar at paragraphs of the least indentation', async () => {
    const text = Array.from({ length: 60 }, (_, i) => `[section ${i}]\nname = something long enough to count\n\n  nested = true\n\n`).join('');
    for (const { body } of await use().segmenter.segment('settings.conf', text)) assert.match(body, /^\[section/);
  });

  it('of unparsable source are cut by indentation', async () => {
    const block = (i: number) => `function broken${i}( {{{ ]] => ((\n  let x = = ${i} ;;; ) } in < in >\n  value(((((${i}\n\n`;
    const text = Array.from({ length: 100 }, (_, i) => block(i)).join('');
    const segments = await use().segmenter.segment('broken.ts', text);
    assertWhole(segments, text);
    for (const { body } of segments) assert.match(body, /^function broken/);
  });

  it('of hostile nesting are cut, not crashed on', async () => {
    for (const text of ['('.repeat(60_000), '{\n'.repeat(20_000), '[1,\n'.repeat(20_000), 'if (a) {\nb();\n'.repeat(8000)]) {
      assertWhole(await use().segmenter.segment('deep.js', text), text);
    }
  });

  it('without a grammar are cut by indentation, and the grammar is named once', async () => {
    const said: string[] = [];
    const packaged = join(import.meta.dirname, '../../../node_modules/@vscode/tree-sitter-wasm/wasm');
    const tree = { 'tree-sitter.wasm': await readFile(join(packaged, 'tree-sitter.wasm')), 'tree-sitter-python.wasm': 'not wasm' };
    await withTree(tree, async (directory) => {
      using grammars = await Grammars.open(directory, (message) => said.push(message));
      const segmenter = new Segmenter(use().encoder, grammars);
      const text = pythonFunctions(30, 10);
      for (const path of ['a.py', 'b.py', 'a.rs']) assertWhole(await segmenter.segment(path, text), text);
    });
    assert.deepEqual(said.map((message) => /grammar for (\w+)/.exec(message)?.[1]), ['python', 'rust']);
  });

  it('cut a line that is too long within it, never within a character', async () => {
    const text = `short\n${'👩‍👩‍👧‍👦 é漢字'.repeat(3000)}\nend\n`;
    const segments = await use().segmenter.segment('a.txt', text);
    assertWhole(segments, text);
    assert.ok(segments.some(({ cut }) => cut === 'line'));
    for (const { body } of segments) assert.doesNotMatch(body, /\p{Surrogate}/u);
  });

  it('of long unbroken runs give the tokenizer, whose time is their square, short pieces only', async () => {
    let longest = 0;
    const encoder = { encode: (text: string) => {
      longest = Math.max(longest, ...text.split('\n').map(({ length }) => length));
      return use().encoder.encode(text);
    } };
    const segmenter = new Segmenter(encoder, use().grammars);
    for (const text of [' '.repeat(40_000), '\n'.repeat(20_000), 'a'.repeat(40_000), `${' '.repeat(1900)}\n`.repeat(20)]) {
      assertWhole(await segmenter.segment('a.txt', text), text);
    }
    assert.ok(longest <= 16 * maxSegmentTokens, `${longest} characters in a row`);
  });

  it('are the same for the same path and text, whatever was cut before', async () => {
    const text = pythonFunctions(20, 8);
    const first = await use().segmenter.segment('a.py', text);
    await use().segmenter.segment('b.ts', 'const broken = (((');
    using grammars = await Grammars.open();
    assert.deepEqual(await new Segmenter(use().encoder, grammars).segment('a.py', text), first);
    assert.deepEqual(await use().segmenter.segment('a.py', text.replaceAll('\n', '\r\n')), first);
  });

  it('show a name with line breaks on one line, and the end of a path that is very long', async () => {
    const [odd] = await use().segmenter.segment('a b/"quo\'te"\nnew\r😀.py', 'x = 1\n');
    assert.equal(odd.header, 'a b/"quo\'te"\uFFFDnew\uFFFD😀.py\n');
    const [long] = await use().segmenter.segment(`${'folder/'.repeat(400)}name.py`, 'x = 1\n');
    assert.match(long.header, /^…\/(folder\/)+name\.py\n$/);
    assert.ok(use().encoder.encode(long.header).length <= 96);
  });

  it('take markers of the model for plain text', async () => {
    const [segment] = await use().segmenter.segment('a.txt', '<|fim_prefix|><|endoftext|>\n');
    assert.ok(segment.tokens.every((token) => token < 151_643));
  });
});
