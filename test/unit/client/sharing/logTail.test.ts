import assert from 'node:assert/strict';
import { appendFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LogTail } from '../../../../src/client/sharing/logTail';
import { temporaryDirectory } from '../../../fixtures/temporaryDirectory';

describe('the log of a shared engine', () => {
  it('reaches every window, line by line, also those that join late and after the file is removed', async () => {
    const folder = await temporaryDirectory();
    const path = join(folder.path, 'log');
    await writeFile(path, '');
    const early: string[] = [];
    const late: string[] = [];
    const first = new LogTail(path, (line) => early.push(line));
    await appendFile(path, 'one\ntwo, in ');
    const second = new LogTail(path, (line) => late.push(line));
    await appendFile(path, 'two parts\n');
    for (let tries = 0; tries < 200 && (early.length < 2 || late.length < 2); tries++) await new Promise((resolve) => setTimeout(resolve, 20));
    assert.deepEqual([early, late], [['one', 'two, in two parts'], ['one', 'two, in two parts']]);
    await appendFile(path, 'last words');
    if (process.platform !== 'win32') await rm(path);
    await first.close();
    await second.close();
    assert.deepEqual([early[2], late[2]], ['last words', 'last words']);
    await folder.remove();
  });

  it('is not missed when there is none', async () => {
    const tail = new LogTail('/nowhere/log', () => assert.fail('There is no line.'));
    await tail.close();
  });
});
