import assert from 'node:assert/strict';
import { rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { closeAll, openFile, show, type } from './support/editor';
import { complete, diagnostics, untilEngineIs } from './support/extension';
import { TinyModel } from './support/models';
import { Settings } from './support/settings';
import { sleep } from './support/until';
import { Wiretap } from './support/wiretap';

describe('files that must not be read', () => {
  const settings = new Settings();
  const model = new TinyModel();
  const secret = 'hunter2-4711';
  let wiretap: Wiretap;

  before(async () => {
    wiretap = await Wiretap.create();
    await settings.set('sparsek.model.path', await model.write());
    await settings.set('sparsek.engine.node', wiretap.node);
    await openFile('plain.ts', `const plain = "this-is-plain";\n`);
    await vscode.commands.executeCommand('sparsek.restartEngine');
    await untilEngineIs('ready');
  });

  after(async () => {
    await closeAll();
    await settings.restore();
    await model.dispose();
    await wiretap.dispose();
  });

  afterEach(closeAll);

  async function expectSilence(): Promise<void> {
    const { outcome } = (await complete()).result;
    assert.ok(outcome.kind === 'disabled', `the outcome is ${outcome.kind}`);
    assert.match(outcome.reason, /must not be read/);
    await type('X');
    await sleep(300);
    assert.ok(!wiretap.bytes().includes(secret), 'the secret reached the engine');
  }

  it('does send a plain file, by which the wiretap is seen to work', async () => {
    await openFile('plain.ts', `const plain = "this-is-plain";\n`);
    await complete();
    assert.ok(wiretap.bytes().includes('this-is-plain'));
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
