import assert from 'node:assert/strict';
import { bestExcerpt, widened } from '../../../../src/engine/tasks/ask/evidence/excerpt';
import { queryTerms } from '../../../../src/engine/tasks/ask/evidence/queryTerms';

const code = `import { open } from 'store';

/** Reads what was saved. */
export function load(path: string) {
  return open(path);
}

/** Tries again after a pause that doubles. */
export function retry(task: Task, attempts = 5) {
  for (let attempt = 0; attempt < attempts; attempt++) {
    if (task.run()) return true;
    pause(2 ** attempt);
  }
  return false;
}

export function close() {
  store.close();
}`.split('\n');

describe('an excerpt for a question', () => {
  const excerpt = (question: string, most: number) => {
    const { start, end } = widened(code, bestExcerpt(code, queryTerms(question, [code.join('\n')]), most), most);
    return code.slice(start, end);
  };

  it('begins with the comment of the declaration that answers', () => {
    assert.equal(excerpt('How many attempts are made until a task is given up?', 8)[0], '/** Tries again after a pause that doubles. */');
  });

  it('has no more lines than it may have', () => {
    assert.ok(excerpt('How many attempts are made until a task is given up?', 4).length <= 4);
  });

  it('is looked for within bounds, and may go on behind them', () => {
    const terms = queryTerms('Which task is tried again after a pause?', [code.join('\n')]);
    const excerpt = bestExcerpt(code, terms, 14, { start: 7, end: 10 });
    assert.ok(excerpt.start >= 7 && excerpt.end <= 10);
    assert.ok(code.slice(0, widened(code, excerpt, 14).end).some((line) => line.includes('pause(2 ** attempt)')));
    assert.equal(bestExcerpt(code, terms, 14, { start: 16, end: 19 }).score, 0);
  });

  it('is found by words of another form', () => {
    assert.ok(excerpt('pausing', 8).some((line) => line.includes('pause(2 ** attempt)')));
  });

  it('weighs names as written more than words', () => {
    const terms = queryTerms('saveAll saved', ['saveAll', 'saved']);
    assert.ok(terms.weightOf('saveAll') > terms.weightOf('~sav'));
    assert.ok(terms.weightOf('saved') < terms.weightOf('~sav'), 'a plain word as it stands is no more than its stem');
  });
});
