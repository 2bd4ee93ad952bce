import assert from 'node:assert/strict';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { findNode, hostNode, type NodeSurroundings } from '../../../src/client/findNode';
import { ProblemError } from '../../../src/protocol';

describe('find node', () => {
  let folder: string;
  /** Nothing is shipped, the host is an editor of old, PATH is empty. */
  let nothing: NodeSurroundings;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sparsek-find-node-'));
    nothing = {
      setting: '',
      extensionDirectory: join(folder, 'extension'),
      host: { executable: '/opt/editor/code', version: 'v18.20.0', isElectron: true },
      searchPath: '',
    };
  });

  afterEach(() => rm(folder, { recursive: true }));

  /** An executable that answers --version with this text. */
  async function program(path: string, version: string): Promise<string> {
    const file = join(folder, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, `#!/bin/sh\necho '${version}'\n`);
    await chmod(file, 0o755);
    return file;
  }

  const plainHost = { executable: '/opt/server/node', version: 'v22.1.0', isElectron: false };

  it('takes the one of the setting before all others', async () => {
    const setting = await program('mine/node', 'v20.19.0');
    await program('extension/node/bin/node', 'v24.0.0');
    const choice = await findNode({ ...nothing, setting, host: plainHost });
    assert.equal(choice.executable, setting);
    assert.match(choice.because, /setting/);
  });

  for (const [name, version] of [['too old', 'v20.18.9'], ['not Node', 'hello']] as const) {
    it(`does not fall back when the one of the setting is ${name}`, async () => {
      const setting = await program('mine/node', version);
      await assert.rejects(findNode({ ...nothing, setting, host: plainHost }), (error) => {
        assert.ok(error instanceof ProblemError);
        assert.equal(error.problem.code, 'node-missing');
        assert.match(error.problem.what, /sparsek\.engine\.node/);
        return true;
      });
    });
  }

  it('refuses a relative path in the setting, which the workspace could decide', async () => {
    await assert.rejects(findNode({ ...nothing, setting: 'node', host: plainHost }), /not an absolute path/);
  });

  it('takes the one shipped with the extension before the host', async () => {
    const shipped = await program('extension/node/bin/node', 'v24.0.0');
    assert.equal((await findNode({ ...nothing, host: plainHost })).executable, shipped);
  });

  it('takes the host where it is plain Node, before PATH', async () => {
    await program('bin/node', 'v24.0.0');
    const choice = await findNode({ ...nothing, host: plainHost, searchPath: join(folder, 'bin') });
    assert.equal(choice.executable, plainHost.executable);
    assert.deepEqual(choice.environment, {});
  });

  it('passes over those on PATH that are too old, and tells it', async () => {
    const old = await program('a/node', 'v18.0.0');
    const fit = await program('b/node', 'v20.19.5');
    const searchPath = ['relative/bin', dirname(old), dirname(fit)].join(delimiter);
    const choice = await findNode({ ...nothing, searchPath });
    assert.equal(choice.executable, fit);
    assert.equal(choice.passedOver.length, 1);
    assert.match(choice.passedOver[0] ?? '', /v18\.0\.0/);
  });

  it('takes the editor itself last, told to behave as Node', async () => {
    const host = { executable: '/opt/editor/code', version: 'v20.18.3', isElectron: true };
    const choice = await findNode({ ...nothing, host });
    assert.equal(choice.executable, host.executable);
    assert.deepEqual(choice.environment, { ELECTRON_RUN_AS_NODE: '1' });
  });

  it('says what to install when there is none at all', async () => {
    await assert.rejects(findNode(nothing), (error) => {
      assert.ok(error instanceof ProblemError);
      assert.equal(error.problem.code, 'node-missing');
      assert.match(error.problem.what, /v18\.20\.0/);
      assert.match(error.problem.remedy, /Install Node\.js 20\.19/);
      return true;
    });
  });

  it('finds this very process to be plain Node', async () => {
    const choice = await findNode({ ...nothing, host: hostNode() });
    assert.equal(choice.executable, process.execPath);
  });
});
