import assert from 'node:assert/strict';
import { rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { openFile, show, type } from './support/editor';
import { complete, diagnostics } from './support/extension';
import { useRecordedEngine } from './support/recordedEngine';
import { sleep } from './support/until';

describe('files that must not be read', () => {
  const { settings, wiretap } = useRecordedEngine();
  const secret = 'hunter2-4711';

  async function expectSilence(): Promise<void> {
    const { outcome } = (await complete()).result;
    assert.ok(outcome.kind === 'disabled', `the outcome is ${outcome.kind}`);
    assert.match(outcome.reason, /must not be read/);
    await type('X');
    await sleep(300);
    assert.ok(!wiretap().bytes().includes(secret), 'the secret reached the engine');
  }

  it('does send a plain file, by which the wiretap is seen to work', async () => {
    await openFile('plain.ts', `const plain = "this-is-plain";\n`);
    await complete();
    assert.ok(wiretap().bytes().includes('this-is-plain'));
  });

  for (const name of ['.env', '.env.local', 'server.key', 'cert.PEM']) {
    it(`sends no byte of ${name}`, async () => {
      await openFile(name, `PASSWORD=${secret}\n`);
      await expectSilence();
    });
  }

  it('sends no byte of a link to such a file', async () => {
    const folder = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath ?? '';
    const link = join(folder, 'innocent.txt');
    await writeFile(join(folder, '.env'), `PASSWORD=${secret}\n`);
    await rm(link, { force: true });
    await symlink(join(folder, '.env'), link);
    await show(await vscode.workspace.openTextDocument(link));
    await expectSilence();
  });

  it('sends no byte of a file that the person has named', async () => {
    await settings.set('sparsek.doNotRead', { '**/hush/*.txt': true, '*.hush': true });
    await openFile('diary.hush', `${secret}\n`);
    await expectSilence();
  });

  it('keeps the defaults when a glob is added', async () => {
    await settings.set('sparsek.doNotRead', { '*.hush': true });
    await openFile('.env', `PASSWORD=${secret}\n`);
    await expectSilence();
  });

  it('takes a document back when it is named later', async () => {
    const { document } = await openFile('later.ts', 'const later = 1;\n');
    await complete();
    const now = await diagnostics();
    assert.ok(now.heldDocuments.includes(document.uri.toString()));
    await settings.set('sparsek.doNotRead', { 'later.ts': true });
    await type(secret);
    await expectSilence();
    assert.ok(!now.heldDocuments.includes(document.uri.toString()));
  });
});
