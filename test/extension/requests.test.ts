import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { methods, type CompletionRequest } from '../../src/protocol';
import { openFile, openUntitled, type } from './support/editor';
import { complete } from './support/extension';
import { longCode } from './support/longCode';
import { useRecordedEngine } from './support/recordedEngine';
import { sleep, until } from './support/until';

describe('requests to the engine', () => {
  const { settings, wiretap } = useRecordedEngine();

  function lastRequest(): CompletionRequest {
    const request = wiretap().messages().findLast(({ method }) => method === methods.complete);
    assert.ok(request, 'nothing was asked');
    return request.params as CompletionRequest;
  }

  it('carry the settings of the document', async () => {
    await settings.set('sparsek.complete.maxTokens', 7);
    await settings.set('sparsek.complete.extent', 'block');
    await settings.set('sparsek.complete.speculation', false);
    const { document } = await openUntitled('const a = 1;\nconst b = ');
    await complete();
    const { uri, offset, maxTokens, extent, speculation, sampling } = lastRequest();
    const expected = { uri: document.uri.toString(), offset: 23, maxTokens: 7, extent: 'block', speculation: false, sampling: { temperature: 0, topP: 1 } };
    assert.deepEqual({ uri, offset, maxTokens, extent, speculation, sampling }, expected);
  });

  it('are cancelled on the wire by the next keystroke', async () => {
    await settings.set('sparsek.complete.maxTokens', 128);
    const sent = (wanted: string) => wiretap().messages().filter(({ method }) => method === wanted).length;
    const before = sent('$/cancelRequest');
    // A tiny model may have answered before the key is struck: the next document gives another chance.
    for (let attempt = 1; attempt <= 10 && sent('$/cancelRequest') === before; attempt++) {
      await openFile(`cancelled${attempt}.ts`, longCode(400));
      const asked = sent(methods.complete);
      await type('\n');
      await until('a completion is asked', () => sent(methods.complete) > asked);
      await type('e');
      await sleep(200);
    }
    assert.ok(sent('$/cancelRequest') > before, 'no keystroke cancelled anything');
  });

  it('carry what the suggest widget has selected, which the answer must begin with', async () => {
    const code = 'const crossing = zebr';
    const editor = await openUntitled(code);
    const registration = vscode.languages.registerCompletionItemProvider('typescript', {
      provideCompletionItems: () => [new vscode.CompletionItem('zebraCrossing', vscode.CompletionItemKind.Variable)],
    });
    try {
      await vscode.commands.executeCommand('editor.action.triggerSuggest');
      const isCarried = () =>
        wiretap().messages().some(({ method, params }) => method === methods.complete && (params as CompletionRequest).mustStartWith === 'aCrossing');
      // The widget tells nobody when it is open.
      for (let tries = 0; tries < 20 && !isCarried(); tries++) {
        await vscode.commands.executeCommand('sparsek.triggerCompletion');
        await sleep(300);
      }
      assert.ok(isCarried());
      assert.equal(editor.document.getText(), code);
    } finally {
      registration.dispose();
      await vscode.commands.executeCommand('hideSuggestWidget');
      await sleep(100);
    }
  });
});
