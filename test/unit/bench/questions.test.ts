import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { hasFact, readQuestions, sharedIdentifiers } from '../../bench/ask/questions';

const folder = fileURLToPath(new URL('../../fixtures/questions', import.meta.url));

describe('the questions of the benchmark', () => {
  it('are sixty, each with a place and a fact', async () => {
    const all = (await Promise.all((await readdir(folder)).map((file) => readQuestions(join(folder, file))))).flatMap(({ questions }) => questions);
    assert.equal(all.length, 60);
    assert.equal(new Set(all.map(({ question }) => question)).size, 60);
    for (const { startLine, endLine, facts } of all) assert.ok(startLine <= endLine && facts.length > 0);
  });

  it('know which words a question shares with the lines that answer it', () => {
    assert.deepEqual(sharedIdentifiers({ question: 'What is the default of maxParts?' }, ['maxParts = 1000']), ['maxParts']);
    assert.deepEqual(sharedIdentifiers({ question: 'How many pieces may a form have?' }, ['maxParts = 1000']), []);
  });

  it('find a fact as whole words, not in the number of an excerpt or a line', () => {
    assert.ok(hasFact('It is 2 by default.', { facts: ['2'] }));
    assert.ok(!hasFact('As [2] and src/a.ts:2 say, it is 20.', { facts: ['2'] }));
  });
});
