import assert from 'node:assert/strict';
import { References } from '../../../../src/engine/tasks/ask';
import { doNotReadMatcher, Workspace } from '../../../../src/engine/workspace';
import { writeTree } from '../../workspace/tree';
import { useSegmenter } from '../../workspace/useSegmenter';
import { temporaryDirectory, type TemporaryDirectory } from '../../../fixtures/temporaryDirectory';

const source = { path: 'src/parser.ts', startLine: 2, endLine: 3, label: '', because: '' };

describe('what an answer refers to', () => {
  const segmenter = useSegmenter();
  let directory: TemporaryDirectory;
  let workspace: Workspace;
  before(async () => {
    directory = await temporaryDirectory();
    await writeTree(directory.path, {
      'src/parser.ts': '// Parses.\nexport function parseHeader(text: string) {\n  return text.split(":");\n}\n',
      'test/parser.test.ts': 'function parseHeader() {}\n',
      '.env': 'SECRET=1\n',
    });
    workspace = await Workspace.open(directory.path, segmenter().segmenter, doNotReadMatcher(['.env']));
    await workspace.read();
  });
  after(() => directory.remove());

  const found = async (text: string, whole = true) => (await new References(workspace, [source]).newIn(text, whole)).map(({ text: words, path, startLine }) => `${words} -> ${path}:${startLine}`);

  it('is a link where the file and the line exist', async () => {
    assert.deepEqual(await found('See src/parser.ts:2.'), ['src/parser.ts:2 -> src/parser.ts:2']);
  });

  it('is plain text where the file or the line is invented', async () => {
    assert.deepEqual(await found('See src/lexer.ts:2 and src/parser.ts:99 and ../../etc/passwd.txt and /etc/hosts.conf.'), []);
  });

  it('is plain text where the file must not be read', async () => {
    assert.deepEqual(await found('See .env:1 and `.env`.'), []);
  });

  it('is the excerpt of a number that was given, and of no other', async () => {
    assert.deepEqual(await found('As [1] says, not [2] or [0].'), ['[1] -> src/parser.ts:2']);
  });

  it('is the declaration of a name in backticks, not the one of a test', async () => {
    assert.deepEqual(await found('It calls `parseHeader()` and `parseFooter`.'), ['parseHeader() -> src/parser.ts:2']);
  });

  it('may be a name without its folders when only one file has it', async () => {
    assert.deepEqual(await found('in parser.ts'), ['parser.ts -> src/parser.ts:1']);
  });

  it('is not told before it is whole', async () => {
    const references = new References(workspace, [source]);
    assert.deepEqual(await references.newIn('See src/parser.ts:', false), []);
    assert.deepEqual((await references.newIn('See src/parser.ts:3', true)).map(({ startLine }) => startLine), [3]);
  });

  it('is told once', async () => {
    const references = new References(workspace, [source]);
    assert.equal((await references.newIn('[1] and [1] ', false)).length, 1);
    assert.equal((await references.newIn('[1] and [1] and [1] ', false)).length, 0);
  });
});
