import assert from 'node:assert/strict';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { defaultDoNotRead, methods, type InitializeRequest, type WorkspaceAttention, type WorkspaceChange } from '../../src/protocol';
import { openFile, type } from './support/editor';
import { complete, diagnostics, untilEngineIs } from './support/extension';
import { useRecordedEngine } from './support/recordedEngine';
import { sleep, until } from './support/until';

describe('the workspace', () => {
  const { settings, wiretap } = useRecordedEngine();
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath ?? '';
  const sent = <Message>(method: string) => wiretap().messages().filter((message) => message.method === method).map(({ params }) => params as Message);

  after(() => rm(join(folder, 'area'), { recursive: true, force: true }));

  it('is what the engine may read, with the globs of what it must not', () => {
    const { workspace } = sent<InitializeRequest>(methods.initialize)[0];
    assert.deepEqual(workspace, { folders: [{ folder, doNotRead: [...defaultDoNotRead] }], sources: 'workspace' });
  });

  it('is recalled from in a pause, kept in step with the disk, and explained', async () => {
    await mkdir(join(folder, 'area'), { recursive: true });
    await writeFile(join(folder, 'area', 'shapes.ts'), 'export function area(width: number, height: number) {\n  return width * height;\n}\n');
    await openFile('calls.ts', 'import { area } from "./area/shapes";\n\nconst size = area(');
    const now = await diagnostics();
    await complete();
    await until('the workspace is read', () => now.status.tooltip.some((line) => / files in \d+ segments/.test(line)), 40_000);
    await writeFile(join(folder, 'area', 'round.ts'), 'export const area = (radius: number) => 3 * radius * radius;\n');
    await until('the engine is told', () => sent<WorkspaceChange>(methods.workspaceChanged).some(({ paths }) => paths?.includes(join(folder, 'area', 'round.ts'))));
    const remembers = (path: string) => now.lastCompletion?.result.remembered?.some((segment) => segment.path === path) === true;
    for (let tries = 0; tries < 20 && !(remembers('area/shapes.ts') && remembers('area/round.ts')); tries++) {
      await sleep(1_500);
      // Where a suggestion is shown already, nothing would be asked.
      await type('1');
      await complete();
    }
    const explanation = await vscode.commands.executeCommand<string>('sparsek.explainLastCompletion');
    assert.match(explanation, /area\/shapes\.ts:1-3 \(declares area; is imported/);
    assert.match(explanation, /area\/round\.ts:1-1 \(declares area/);
  });

  it('is favoured where it is open or was edited, of which the engine is told', async () => {
    const editor = await openFile('edited.ts', 'const edited = 1;\n');
    await editor.edit((edit) => edit.insert(new vscode.Position(0, 0), '// now\n'));
    const path = join(folder, 'edited.ts');
    await until('the engine is told', () => sent<WorkspaceAttention>(methods.workspaceAttention).some(({ open, recent }) => open.includes(path) && recent[0] === path));
  });

  it('is stated to a new engine when a glob is added, so that nothing it forbids is left in memory', async () => {
    const now = await diagnostics();
    await openFile('calls.ts', 'const size = 1;\n');
    const before = now.engineProcessId;
    await settings.set('sparsek.doNotRead', { 'shapes.ts': true });
    await until('another engine runs', () => now.engineProcessId !== undefined && now.engineProcessId !== before);
    await untilEngineIs('ready');
    const { workspace } = sent<InitializeRequest>(methods.initialize).at(-1) ?? {};
    assert.ok(workspace?.folders[0].doNotRead.includes('shapes.ts'));
  });
});
