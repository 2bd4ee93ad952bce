import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { AnsweringClient } from '../../src/client';
import { languageModelHost } from '../../src/features/languageModel/host';
import { answer } from '../../src/features/languageModel/participant';
import { silentAnswer } from '../../src/protocol';
import { openFile } from './support/editor';
import { useRecordedEngine } from './support/recordedEngine';

const never = new vscode.CancellationTokenSource().token;

describe('the editor\'s language models', () => {
  useRecordedEngine();

  it('have a tool that finds code of the workspace, with the places', async () => {
    assert.ok(vscode.lm.tools.some(({ name }) => name === 'searchWorkspaceMemory'));
    await openFile('crossing.ts', 'export function zebraCrossing(width: number) {\n  return width * 2;\n}\n');
    const { content } = await vscode.lm.invokeTool('searchWorkspaceMemory', { input: { query: 'Where is zebraCrossing?' }, toolInvocationToken: undefined }, never);
    const text = content.map((part) => (part instanceof vscode.LanguageModelTextPart ? part.value : '')).join('');
    assert.match(text, /crossing\.ts:1-3 \(declares zebraCrossing/);
    assert.match(text, /return width \* 2;/);
  });

  it('have this model where the editor takes models, and it answers', async function () {
    if (languageModelHost().registerProvider === undefined) return this.skip();
    await openFile('model.ts', 'const a = 1;\n');
    const [model] = await vscode.lm.selectChatModels({ vendor: 'sparsek' });
    assert.deepEqual([model.name, model.family], ['SparseK Code', 'sparsek-code']);
    assert.ok(await model.countTokens('const a = 1;') > 3);
    const { text } = await model.sendRequest([vscode.LanguageModelChatMessage.User('Say something.')], { modelOptions: { max_tokens: 8 } }, never);
    let said = '';
    for await (const piece of text) said += piece;
    assert.equal(typeof said, 'string');
  });

  it('are not asked to take what they do not know', () => {
    assert.deepEqual(languageModelHost({}), {});
    assert.deepEqual(Object.keys(languageModelHost({ lm: { registerTool: vscode.lm.registerTool } })), ['registerTool']);
  });

  it('show an answer about the repo with places that exist, and nothing that a model could make up', async () => {
    const place = { path: 'src/shapes.ts', startLine: 2, endLine: 3 };
    const client: AnsweringClient = {
      answer: (request, onPart) => {
        assert.ok(request.method === 'ask' && request.history[0].answer === 'Before.');
        onPart({ id: '', kind: 'stage', stage: 'reading', done: 1, count: 2 });
        onPart({ id: '', kind: 'sources', sources: [{ ...place, label: '', because: '' }, { ...place, path: 'src/none.ts', label: '', because: '' }] });
        onPart({ id: '', kind: 'text', text: 'See [this](command:evil) `x`' });
        const references = [{ ...place, text: 'x' }, { ...place, path: '../outside.ts', text: 'y' }];
        return Promise.resolve({ ...silentAnswer({ kind: 'answered', ending: 'model' }), references });
      },
      search: () => assert.fail(),
      countTokens: () => assert.fail(),
    };
    const shown: string[] = [];
    const note = (kind: string, where: vscode.Uri | vscode.Location) => {
      assert.ok(where instanceof vscode.Location);
      shown.push(`${kind} ${vscode.workspace.asRelativePath(where.uri)}:${where.range.start.line + 1}`);
    };
    await answer(client, { question: 'q', history: [{ question: 'p', answer: 'Before.' }], mentions: [] }, {
      markdown: (value) => { if (typeof value === 'string' && value.trim() !== '') shown.push(value); },
      progress: (value) => { shown.push(value); },
      reference: (where) => { if (!(where instanceof vscode.Uri) && !(where instanceof vscode.Location)) assert.fail(); note('source', where); },
      anchor: (where) => note('link', where),
    }, never);
    assert.deepEqual(shown.filter((one) => !one.startsWith('source')), ['Reading', 'See \\[this\\](command:evil) `x', '`', 'link src/shapes.ts:2']);
    assert.deepEqual(shown.filter((one) => one.startsWith('source')), ['source src/shapes.ts:2']);
  });
});
