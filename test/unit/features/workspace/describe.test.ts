import assert from 'node:assert/strict';
import { describeReport } from '../../../../src/features/workspace/describe';

describe('the report of a workspace', () => {
  const folder = { folder: '/home/me/app', files: 12, segments: 30, skipped: 3, done: true, notRead: [] };

  it('says of what is not read why, with examples', () => {
    const notRead = [{ because: 'a do-not-read pattern covers it', count: 21, examples: ['.env', 'a "b".key'] }];
    assert.deepEqual(describeReport({ folders: [{ ...folder, notRead }] }), [
      'app: 12 files in 30 segments; 3 files and folders are not read.',
      'Not read because a do-not-read pattern covers it: ".env", "a \\"b\\".key", and 19 more.',
    ]);
  });

  it('says why a folder cannot be read, and that one is not read yet', () => {
    assert.deepEqual(describeReport({ folders: [{ ...folder, problem: 'It cannot be opened (EACCES).' }] }), ['/home/me/app cannot be read: It cannot be opened (EACCES).']);
    assert.match(describeReport({ folders: [{ ...folder, files: 0 }] })[0], /nothing is read yet/);
  });
});
