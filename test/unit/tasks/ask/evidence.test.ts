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
    const [first] = await evidence('Above what is a request refused?');
    assert.match(openingText(first), /^\[1\] src\/limits\.ts:1\n```ts\n[^]*maxPieces = 1000/);
    assert.match(openingText({ ...first, quote: '```\n</script>' }), /^\[1\] src\/limits\.ts:1\n~~~~ts\n/);
  });

  it('counts code above prose, prose above tests and records', () => {
    const priors = ['src/a.ts', 'docs/a.md', 'test/a.ts', 'package-lock.json'].map(pathPrior);
    assert.deepEqual(priors, [...priors].sort((a, b) => b - a));
    assert.equal(new Set(priors).size, 4);
  });
});
