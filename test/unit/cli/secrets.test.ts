import assert from 'node:assert/strict';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CompletionResult } from '../../../src/protocol';
import { temporaryDirectory, type TemporaryDirectory } from '../../fixtures/temporaryDirectory';
import { sparsek } from './capture';

describe('secret files are never tokenised by the command line', () => {
  let directory: TemporaryDirectory | undefined;
  const path = (name: string) => {
    if (directory === undefined) throw new Error('The folder is asked for before the suite runs.');
    return join(directory.path, name);
  };
  before(async () => {
    directory = await temporaryDirectory();
    await mkdir(path('.ssh'));
    for (const name of ['.env', '.env.local', 'server.key', 'tls.pem', 'id_ed25519', '.ssh/config']) await writeFile(path(name), 'TOKEN=1234567890\n');
    await symlink(path('.env'), path('settings.ts'));
  });
  after(() => directory?.remove());

  for (const name of ['.env', '.env.local', 'server.key', 'tls.pem', 'id_ed25519', '.ssh/config', 'settings.ts']) {
    it(`${name}: disabled, without a tokenizer being loaded`, async () => {
      // No model lies there: what needs one would fail.
      const { code, result } = await sparsek('complete', `${path(name)}:1:7`, '--json', '--model', path('no-model'));
      const { outcome, text, tokens } = JSON.parse(result) as CompletionResult;
      assert.equal(outcome.kind, 'disabled');
      assert.equal(text, '');
      assert.equal(tokens.read, 0);
      assert.equal(code, 3);
    });
  }

  it('whereas another file asks for the model', async () => {
    await writeFile(path('a.ts'), 'x\n');
    const { code, notes } = await sparsek('complete', `${path('a.ts')}:1:1`, '--model', path('no-model'));
    assert.equal(code, 1);
    assert.match(notes, /manifest/);
  });
});
