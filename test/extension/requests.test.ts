import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { methods, type CompletionRequest } from '../../src/protocol';
import { openFile, openUntitled, type } from './support/editor';
import { complete, diagnostics } from './support/extension';
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
    await openFile('cancelled.ts', longCode(400));
    const now = await diagnostics();
    await type('\n');
    await until('the model is at work', () => now.status.kind === 'completing');
    const cancellations = () => wiretap().messages().filter(({ method }) => method === '$/cancelRequest').length;
    const before = cancellations();
    await type('e');
    await until('the cancellation is sent', () => cancellations() > before);
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
