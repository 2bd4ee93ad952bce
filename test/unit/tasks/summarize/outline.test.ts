import assert from 'node:assert/strict';
import { outlineOf } from '../../../../src/engine/tasks/summarize/outline';
import { escapeMarkdown, partLine, remarks } from '../../../../src/engine/tasks/summarize/markdownParts';
import { useSegmenter } from '../../workspace/useSegmenter';

describe('the outline of a file', () => {
  const segmenter = useSegmenter();
  const outline = async (path: string, text: string) => (await outlineOf(path, text, segmenter().grammars)).map(({ name, startLine, endLine, comment, members }) => (
    `${name} ${startLine}-${endLine} "${comment}" ${members.map((member) => `${member.name}:${member.line}`).join(' ')}`.trim()
  ));

  it('has the top-level declarations with their comments and members, not the imports', async () => {
    const text = 'import { a } from "./a";\n\n/**\n * Keeps things. And more.\n */\nexport class Store {\n  size = 0;\n  add(x: number) { const y = x; }\n}\n\nexport const limit = 3;\nfunction local() {\n  function inner() {}\n}\n';
    assert.deepEqual(await outline('a.ts', text), ['Store 6-9 "Keeps things." size:7 add:8', 'limit 11-11 ""', 'local 12-14 ""']);
  });

  it('reads docstrings', async () => {
    assert.deepEqual(await outline('a.py', 'import os\n\n@cached\ndef load(path):\n    """Reads a file. Twice."""\n    return 1\n'), ['load 4-6 "Reads a file."']);
  });

  it('looks into namespaces and names what an implementation is for', async () => {
    assert.deepEqual(await outline('a.cpp', 'namespace n {\n// Adds.\nint add(int a) {\n  return a;\n}\n}\n'), ['add 3-5 "Adds."']);
    assert.deepEqual(await outline('a.rs', 'use std::fmt;\nstruct S;\nimpl S {\n    fn f(&self) {}\n}\n'), ['S 2-2 ""', 'S 3-5 "" f:4']);
  });

  it('has the headings of a text, not the comments of its examples', async () => {
    assert.deepEqual(await outline('a.md', '# One\n\n```sh\n# no\n```\n\n## Two\nend\n'), ['One 1-6 ""', 'Two 7-9 ""']);
  });

  it('is found by keywords where there is no grammar', async () => {
    assert.deepEqual(await outline('a.unknown', '// Runs.\nfunction run(a) {\n}\n'), ['run 2-4 "Runs."']);
  });
});

describe('the Markdown of a summary', () => {
  const linkTo = (line: number) => `a.ts#L${line}`;

  it('links a part and its members', () => {
    assert.equal(partLine({ name: 'Store', startLine: 3, endLine: 9, comment: '', members: [{ name: 'add', line: 4 }] }, 'Keeps *things*.', linkTo),
      '- [`Store`](a.ts#L3) (3–9): Keeps \\*things\\*.\n  - [`add`](a.ts#L4)\n');
  });

  it('shows what a file or a model says as text alone', () => {
    assert.equal(escapeMarkdown('<img src=x> [x](command:y) `z`\n# h \u202e'), '\\<img src=x\\> \\[x\\](command:y)  z \\# h ');
  });

  it('lists what its authors marked, on the lines of the file', () => {
    assert.equal(remarks(['x', '// TODO: mend', 'y = "TODO: no"'], 10, linkTo), '\n## Marked in comments\n\n- [line 12](a.ts#L12): TODO: mend\n');
    assert.equal(remarks(['nothing'], 0, linkTo), '');
  });
});
