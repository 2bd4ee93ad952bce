import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { temporaryDirectory, type TemporaryDirectory } from '../../fixtures/temporaryDirectory';
import { writeTinyPack } from '../../fixtures/tinyPack';
import type { AnswerResult } from '../../../src/protocol';
import { sparsek } from './capture';

const demo = fileURLToPath(new URL('../../fixtures/workspaces/demo', import.meta.url));

describe('the command line answers in words', function () {
  this.timeout(60_000);
  let directory: TemporaryDirectory;
  let model: readonly string[];
  before(async () => {
    directory = await temporaryDirectory();
    await writeTinyPack(join(directory.path, 'model'));
    model = ['--model', join(directory.path, 'model')];
  });
  after(() => directory.remove());

  it('answers a question with its sources, and figures beside it', async () => {
    const { code, result, notes } = await sparsek('ask', demo, 'How is an item taken off the shelf?', '--max-tokens', '8', ...model);
    assert.equal(code, 0);
    assert.match(result, /Sources:\n1\. src\/inventory\.ts:\d+-\d+/);
    assert.match(notes, /read \d+ tokens/);
  });

  it('says in JSON what an answer rests on', async () => {
    const { result } = await sparsek('ask', demo, 'How is an item taken off the shelf?', '--max-tokens', '8', '--json', ...model);
    const answer = JSON.parse(result) as AnswerResult;
    assert.equal(answer.sources[0].path, 'src/inventory.ts');
    assert.equal(answer.tokens.generated <= 8, true);
  });

  it('exits with 3 when the folder has nothing to do with the question', async () => {
    const { code, result } = await sparsek('ask', demo, 'Zyzzyva quokka?', ...model);
    assert.equal(code, 3);
    assert.match(result, /^Not found in this folder\./);
  });

  it('exits with 2 and the usage without a question', async () => {
    const { code, notes } = await sparsek('ask', demo);
    assert.equal(code, 2);
    assert.match(notes, /Usage: sparsek ask DIR/);
  });

  it('summarizes a file as Markdown', async () => {
    const { code, result } = await sparsek('summarize', join(demo, 'src/inventory.ts'), ...model);
    assert.equal(code, 0);
    assert.match(result, /^# .*inventory\.ts/);
    assert.match(result, /\[`Inventory`\]\([^)]*inventory\.ts#L4\)/);
  });

  it('does not open a secret, and says what is wrong with lines', async () => {
    await writeFile(join(directory.path, '.env'), 'KEY=1\n');
    assert.equal((await sparsek('summarize', join(directory.path, '.env'), ...model)).code, 3);
    assert.equal((await sparsek('summarize', join(demo, 'README.md'), '--lines', '9-2', ...model)).code, 2);
  });
});
