import assert from 'node:assert/strict';
import { chooseEvidence } from '../../../../src/engine/tasks/ask/evidence/chooseEvidence';
import { pathPrior } from '../../../../src/engine/tasks/ask/evidence/pathPrior';
import { writtenFor } from '../../../../src/engine/tasks/ask/evidence/thesaurus';
import { openingText } from '../../../../src/engine/tasks/ask/prompt';
import { doNotReadMatcher, Workspace } from '../../../../src/engine/workspace';
import { useTokenizer } from '../../documents/useTokenizer';
import { withTree, type Tree } from '../../workspace/tree';
import { useSegmenter } from '../../workspace/useSegmenter';

const tree = {
  'src/limits.ts': '/** Above that a request is refused. */\nexport const maxPieces = 1000;\n\nexport function check(count: number) {\n  if (count > maxPieces) throw new Error("too many");\n}\n',
  'test/limits.test.ts': '/** Above that a request is refused. */\nconst maxPieces = 1000;\n',
  'docs/limits.md': '# Pieces\n\nAbove that a request is refused.\n',
};

describe('the evidence for a question', () => {
  const segmenter = useSegmenter();
  const tokenizer = useTokenizer();
  const evidence = (question: string, files: Tree = tree, more = {}) => withTree(files, async (root) => {
    const workspace = await Workspace.open(root, segmenter().segmenter, doNotReadMatcher([]));
    await workspace.read();
    const search = { question, mentions: [], open: [], mostTokens: 200, ...more };
    return (await chooseEvidence(workspace, tokenizer(), search, new AbortController().signal)).evidence;
  });

  it('is the code before its tests and its documents', async () => {
    assert.equal((await evidence('When is a request refused?'))[0].path, 'src/limits.ts');
  });

  it('is found by words that code has where a question has others', async () => {
    assert.ok(writtenFor('How many pieces at most?').includes('max'));
    assert.equal((await evidence('How many are rejected?'))[0].path, 'src/limits.ts');
  });

  it('has no more tokens than it may have', async () => {
    const long = { 'a.ts': Array.from({ length: 300 }, (_, i) => `export const refused${i} = ${i}; // refused`).join('\n') };
    const found = await evidence('refused', long, { mostTokens: 100 });
    assert.ok(found.length > 0 && found.reduce((sum, { text }) => sum + tokenizer().encode(text).length, 0) <= 100);
  });

  it('goes on from the question before when it is short', async () => {
    assert.equal((await evidence('And why?')).length, 0);
    assert.equal((await evidence('And why?', tree, { before: 'When is a request refused?' }))[0].path, 'src/limits.ts');
  });

  it('is nothing of a file that may not be read or is not there', async () => {
    assert.deepEqual(await evidence('Zyzzyva?', tree, { mentions: [{ path: '../secret.ts' }, { path: 'src/none.ts' }] }), []);
  });

  it('opens the answer with the lines that matter, whatever they hold', async () => {
    const found = await evidence('Above what is a request refused?');
    const [first] = found;
    assert.match(openingText(found), /^\[1\] src\/limits\.ts:1\n```ts\n[^]*maxPieces = 1000/);
    assert.match(openingText([{ ...first, quote: '```\n</script>' }]), /^\[1\] src\/limits\.ts:1\n~~~~ts\n/);
  });

  it('opens the answer with lines of the best two excerpts where they are of one file, by their numbers', async () => {
    const [first, other] = await evidence('Above what is a request refused?');
    assert.match(openingText([first, { ...first, quote: 'check()', quoteLine: 4 }]), /^\[1\] [^]*\n\[2\] src\/limits\.ts:4\n```ts\ncheck\(\)\n```\n\*\*In short:\*\*$/);
    assert.notEqual(first.path, other.path);
    assert.equal(openingText([first, other]).match(/^\[\d\]/gm)?.length, 1);
  });

  describe('in a file that keeps its values apart', () => {
    const values = {
      'src/send.py': [
        '# Seconds between two attempts.', 'ATTEMPT_PAUSE = 7', '', 'REFUSED_NAMES = {', '    "con",', '    "aux",', '}', '',
        ...Array.from({ length: 30 }, (_, i) => `def other${i}():\n    return ${i}\n`),
        'def send(letter):', '    # Sends a letter by attempts, refused names apart.', '    attempt_pause = "mine"', '    deliver(letter)', '',
      ].join('\n'),
      'src/other.ts': Array.from({ length: 40 }, (_, i) => `export function other${i}() {\n  return ${i};\n}\n`).join('\n'),
    };

    it('has the value that a word of the question names, with its comment', async () => {
      const found = await evidence('How are attempts to send a letter spaced?', values);
      const value = found.find(({ text }) => text.includes('ATTEMPT_PAUSE = 7'));
      assert.equal(value?.text, '# Seconds between two attempts.\nATTEMPT_PAUSE = 7');
      assert.equal(value.startLine, 1);
    });

    it('has a table as far as its brackets go', async () => {
      const found = await evidence('Which names are refused when a letter is to be sent?', values);
      assert.ok(found.some(({ text }) => text.endsWith('"con",\n    "aux",\n}')));
    });

    it('takes no variable of a function for one', async () => {
      const found = await evidence('How are attempts to send a letter spaced?', values);
      assert.ok(!found.some(({ text }) => text.trim() === 'attempt_pause = "mine"'));
    });
  });

  it('has more of the best file than of others, and no line twice', async () => {
    const file = (word: string) => Array.from({ length: 9 }, (_, i) => `export function ${word}${i}() {\n${'  step();\n'.repeat(90)}}\n`).join('\n');
    const found = await evidence('Where is a parcel weighed?', { 'a.ts': `// A parcel is weighed here.\n${file('parcel')}`, 'b.ts': file('parcel') }, { mostTokens: 900 });
    const of = (path: string) => found.filter((one) => one.path === path).sort((a, b) => a.startLine - b.startLine);
    assert.equal(of('a.ts').length, 3);
    assert.equal(of('b.ts').length, 1);
    assert.ok(of('a.ts').every(({ startLine }, i, all) => i === 0 || startLine > all[i - 1].endLine));
  });

  it('leaves room for others beside one with long lines', async () => {
    const line = 'Whatever is refused is written down with many words in a line. '.repeat(12);
    const found = await evidence('refused', { ...tree, 'src/long.ts': Array.from({ length: 14 }, () => `// ${line}`).join('\n') }, { mostTokens: 500 });
    assert.ok(new Set(found.map(({ path }) => path)).size >= 3);
  });

  it('counts code above prose, prose above tests and records', () => {
    const priors = ['src/a.ts', 'docs/a.md', 'test/a.ts', 'package-lock.json'].map(pathPrior);
    assert.deepEqual(priors, [...priors].sort((a, b) => b - a));
    assert.equal(new Set(priors).size, 4);
  });
});
