import assert from 'node:assert/strict';
import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import type { MessageConnection } from 'vscode-jsonrpc/node';
import { defaultDoNotRead, methods, type CompletionResult, type EngineInfo, type LogMessage, type WorkspaceProgress, type WorkspaceReport } from '../../src/protocol';
import { withTree, writeTree, type Tree } from '../unit/workspace/tree';
import { recordFedTokens } from './fedTokens';
import { HostedEngine } from './hostedEngine';
import { tinyRequest, useTinyPack } from './tinyEngine';

const text = 'import { area } from "./shapes";\n\nconst size = area(\nconst other = area(\n';
const tree: Tree = {
  'main.ts': text,
  'shapes.ts': 'export function area(width: number, height: number) {\n  return width * height;\n}\n',
};

describe('an editor whose engine knows the workspace', () => {
  const pack = useTinyPack();

  async function withEngine(folder: string, use: (editor: MessageConnection, warnings: readonly string[]) => Promise<void>, doNotRead = defaultDoNotRead): Promise<void> {
    const engine = new HostedEngine();
    const editor = engine.connect();
    const warnings: string[] = [];
    editor.onNotification(methods.log, (message: LogMessage) => { if (message.level !== 'info') warnings.push(message.text); });
    try {
      const info: EngineInfo = await editor.sendRequest(methods.initialize, { ...tinyRequest(pack.path), workspace: { folders: [{ folder, doNotRead }] } });
      assert.ok(info.memory.segmentBytes > 0);
      await use(editor, warnings);
    } finally {
      await editor.sendRequest(methods.shutdown);
      editor.dispose();
    }
  }

  const completeAt = (editor: MessageConnection, uri: string, line: string): Promise<CompletionResult> => editor.sendRequest(methods.complete, {
    uri, version: 1, offset: text.indexOf(line) + line.length, maxTokens: 2, extent: 'line', sampling: { temperature: 0, topP: 1 }, speculation: true,
  });

  it('recalls other files after a pause, when the cursor jumps', () => withTree(tree, (root) => withEngine(root, async (editor, warnings) => {
    const uri = pathToFileURL(join(root, 'main.ts')).href;
    await editor.sendNotification(methods.openDocument, { uri, path: 'main.ts', languageId: 'typescript', version: 1, text });
    assert.equal((await completeAt(editor, uri, 'size = area(')).memory.entries, 0);
    await wait(2000);
    assert.ok((await completeAt(editor, uri, 'other = area(')).memory.entries > 0);
    assert.deepEqual(warnings, []);
  })));

  it('completes as without in a document that does not lie in the folder', () => withTree(tree, (root) => withEngine(join(root, 'main.ts'), async (editor, warnings) => {
    const uri = pathToFileURL(join(root, 'main.ts')).href;
    await editor.sendNotification(methods.openDocument, { uri, path: 'main.ts', languageId: 'typescript', version: 1, text });
    await completeAt(editor, uri, 'size = area(');
    await wait(1000);
    assert.equal((await completeAt(editor, uri, 'other = area(')).memory.entries, 0);
    assert.deepEqual(warnings, []);
  })));

  it('learns what changes on the disk while the editor is quiet, and reports it', () => withTree(tree, (root) => withEngine(root, async (editor, warnings) => {
    const uri = pathToFileURL(join(root, 'main.ts')).href;
    await editor.sendNotification(methods.openDocument, { uri, path: 'main.ts', languageId: 'typescript', version: 1, text });
    const progress: WorkspaceProgress[] = [];
    editor.onNotification(methods.workspaceProgress, (reading: WorkspaceProgress) => { progress.push(reading); });
    await completeAt(editor, uri, 'size = area(');
    const report = async () => (await editor.sendRequest<WorkspaceReport>(methods.workspaceReport, {})).folders[0];
    await until(async () => (await report()).done);
    assert.equal((await report()).files, 2);
    await writeTree(root, { 'round.ts': 'export const area = (radius: number) => 3 * radius * radius;\n', 'secret.key': 'area' });
    await editor.sendNotification(methods.workspaceChanged, { paths: ['round.ts', 'secret.key'].map((name) => join(root, name)) });
    await until(async () => (await report()).files === 3 && (await report()).done);
    assert.deepEqual((await report()).notRead.map(({ examples }) => examples), [['secret.key']]);
    assert.ok(progress.some(({ files, done }) => files === 3 && done));
    // What changed is chosen and encoded without another request.
    await until(async () => (await completeAt(editor, uri, 'other = area(')).remembered?.some(({ path }) => path === 'round.ts') === true);
    const { remembered = [] } = await completeAt(editor, uri, 'other = area(');
    const shapes = remembered.find(({ path }) => path === 'shapes.ts');
    assert.deepEqual(shapes?.why?.declares, ['area']);
    assert.ok(shapes.share > 0 && remembered.reduce((sum, { share }) => sum + share, 0) <= 1);
    assert.deepEqual(warnings, []);
  })));

  it('feeds the model no token of what is ignored or secret, whatever the editor tells', () => {
    const hidden = (name: string) => `export const area = "HIDDEN ${name}";\n`;
    const secrets: Tree = {
      '.env': hidden('one'), 'keys/server.key': hidden('two'), '.ssh/area.ts': hidden('three'), 'built/area.ts': hidden('four'),
      'node_modules/area/index.ts': hidden('five'), 'src/area.local.ts': hidden('six'), 'mine/area.ts': hidden('seven'), 'src/later.ts': hidden('eight'),
    };
    const rules: Tree = { '.gitignore': 'built/\n', 'src/.ignore': '*.local.ts\n' };
    // Not one whose memory an earlier test left in the store.
    const open: Tree = { 'open.ts': 'export const area = "VISIBLE";\n' };
    return withTree({ ...tree, ...open, ...secrets, ...rules }, async (root) => {
      await symlink(join(root, '.env'), join(root, 'area.ts'));
      const fed = recordFedTokens();
      try {
        await withEngine(root, async (editor) => {
          const uri = pathToFileURL(join(root, 'main.ts')).href;
          const paths = [...Object.keys(secrets), 'area.ts', 'built', '.ssh', 'mine'].map((path) => join(root, path));
          await writeTree(root, { 'src/.ignore': '*.local.ts\nlater.ts\n' });
          await editor.sendNotification(methods.workspaceAttention, { open: paths, recent: paths });
          await editor.sendNotification(methods.openDocument, { uri, path: 'main.ts', languageId: 'typescript', version: 1, text });
          await completeAt(editor, uri, 'size = area(');
          for (const change of [{ paths }, {}, { paths }]) {
            await wait(600);
            await editor.sendNotification(methods.workspaceChanged, change);
          }
          await until(async () => (await completeAt(editor, uri, 'other = area(')).remembered?.some(({ path }) => path === 'open.ts') === true);
          await wait(1500);
        }, [...defaultDoNotRead, '**/mine/**']);
      } finally {
        fed.restore();
      }
      const read = await fed.text(pack.path);
      assert.ok(read.includes('VISIBLE'), 'what may be read is');
      assert.ok(!read.includes('HIDDEN'), read);
    });
  });
});

async function until(holds: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 100; tries++) {
    if (await holds()) return;
    await wait(200);
  }
  assert.fail('It did not come to be in time.');
}
