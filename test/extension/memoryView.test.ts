import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { methods } from '../../src/protocol';
import { openFile, type } from './support/editor';
import { complete, diagnostics } from './support/extension';
import { longCode } from './support/longCode';
import { useRecordedEngine } from './support/recordedEngine';
import { sleep, until } from './support/until';

describe('the memory view', () => {
  const { wiretap } = useRecordedEngine();
  const asked = () => wiretap().messages().filter(({ method }) => method === methods.memoryView).length;

  afterEach(() => vscode.commands.executeCommand('sparsek.hideMemory'));

  it('shades the lines that are kept, and tells the numbers of one that is pointed at', async () => {
    const { document } = await openFile('remembered.ts', longCode(200));
    const now = await diagnostics();
    await complete();
    await vscode.commands.executeCommand('sparsek.showMemory');
    const uri = document.uri.toString();
    const lines = () => Object.values(now.memoryView.lines[uri] ?? {}).reduce((sum, count) => sum + count, 0);
    await until('lines are shaded', () => lines() > 0);
    assert.ok((now.memoryView.lines[uri].live ?? 0) > 0, 'those around the cursor');
    assert.ok(now.memoryView.nodes.includes('legend'));
    const [hover] = await vscode.commands.executeCommand<vscode.Hover[]>('vscode.executeHoverProvider', document.uri, new vscode.Position(199, 3));
    assert.match(textOf(hover), /has all of this line/);
  });

  it('follows what the model reads', async () => {
    await openFile('followed.ts', longCode(40));
    await vscode.commands.executeCommand('sparsek.showMemory');
    const now = await diagnostics();
    await complete();
    await until('the lines are shaded', () => Object.keys(now.memoryView.lines).some((uri) => uri.endsWith('followed.ts') && Object.keys(now.memoryView.lines[uri]).length > 0));
    const before = now.memoryView.requests;
    await type('\nconst more = 1;');
    await complete();
    await until('it is asked again', () => now.memoryView.requests > before);
  });

  it('leaves nothing when it is hidden: no shade, no hover, no list, no question', async () => {
    const { document } = await openFile('hidden.ts', longCode(40));
    await complete();
    await vscode.commands.executeCommand('sparsek.showMemory');
    const now = await diagnostics();
    await until('it is asked', () => now.memoryView.requests > 0 && now.memoryView.nodes.length > 0);
    await vscode.commands.executeCommand('sparsek.hideMemory');
    await sleep(500);
    const { requests, isShown, lines, nodes } = now.memoryView;
    const sent = asked();
    assert.deepEqual({ isShown, lines, nodes }, { isShown: false, lines: {}, nodes: [] });
    await type('\nconst more = 1;');
    await complete();
    await openFile('hidden2.ts', longCode(10));
    await complete();
    const hovers = await vscode.commands.executeCommand<vscode.Hover[]>('vscode.executeHoverProvider', document.uri, new vscode.Position(1, 3));
    assert.ok(!hovers.some((hover) => textOf(hover).includes('remembers')));
    await sleep(1_000);
    assert.deepEqual([now.memoryView.requests, asked()], [requests, sent]);
  });
});

function textOf({ contents }: vscode.Hover): string {
  return contents.map((content) => (content instanceof vscode.MarkdownString ? content.value : '')).join('');
}
