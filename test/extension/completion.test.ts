import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { closeAll, openFile, openUntitled, type } from './support/editor';
import { complete, diagnostics, untilEngineIs } from './support/extension';
import { wholeRealModel } from './support/models';
import { Settings } from './support/settings';
import { sleep, until } from './support/until';

const model = wholeRealModel();
if (model === undefined) console.log('The files of the real model are not all there: completions of real code are not tested.');
else describeCompletions(model);

function describeCompletions(directory: string): void {
  describe('completions of the real model', () => {
    const settings = new Settings();
    const code = [
      'interface Point {',
      '  x: number;',
      '  y: number;',
      '}',
      '',
      'function addPoints(a: Point, b: Point): Point {',
      '  return { x: a.x + b.x, y: a.y + b.y };',
      '}',
      '',
      'function subtractPoints(a: Point, b: Point): Point {',
      '  return { x: a.x - b.x, y: ',
    ].join('\n');

    before(async () => {
      await settings.set('sparsek.model.path', directory);
      await openFile('points.ts', code);
      await vscode.commands.executeCommand('sparsek.restartEngine');
      await untilEngineIs('ready', 60_000);
    });

    after(async () => {
      await closeAll();
      await settings.restore();
    });

    afterEach(closeAll);

    /** Accepts what is shown. @returns what that wrote at the cursor */
    async function accept(editor: vscode.TextEditor): Promise<string> {
      const before = editor.document.getText();
      const offset = editor.document.offsetAt(editor.selection.active);
      for (let tries = 0; tries < 50 && editor.document.getText() === before; tries++) {
        await vscode.commands.executeCommand('editor.action.inlineSuggest.commit');
        await sleep(100);
      }
      const after = editor.document.getText();
      assert.notEqual(after, before, 'nothing was there to accept');
      return after.slice(offset, offset + after.length - before.length);
    }

    it('continue the code, and are accepted as ghost text', async () => {
      const editor = await openFile('points.ts', code);
      const { outcome } = (await complete()).result;
      assert.equal(outcome.kind, 'completed');
      assert.match(await accept(editor), /^a\.y - b\.y/);
    });

    it('come by typing alone, and reuse what was read', async () => {
      const editor = await openFile('typed.ts', code);
      const now = await diagnostics();
      await complete();
      const before = now.lastCompletion;
      await type(' ');
      await until('the keystroke is answered', () => now.lastCompletion !== before);
      assert.ok(now.lastCompletion);
      const { tokens } = now.lastCompletion.result;
      assert.ok(tokens.read <= 4, `a keystroke read ${tokens.read} tokens`);
      assert.ok(tokens.reused > 50, `only ${tokens.reused} tokens were reused`);
      assert.ok(editor.document.getText().startsWith(code));
    });

    it('cost no model call while the typed text agrees with what is shown', async () => {
      const editor = await openFile('agree.ts', code);
      assert.equal((await complete()).result.outcome.kind, 'completed');
      const now = await diagnostics();
      const asked = now.requests;
      for (const character of 'a.y') {
        await type(character);
        await sleep(200);
      }
      assert.equal(now.requests, asked);
      assert.match(await accept(editor), /^ - b\.y/);
    });

    it('are asked anew when the typed text differs', async () => {
      await openFile('differ.ts', code);
      await complete();
      const now = await diagnostics();
      const asked = now.requests;
      await type('Q');
      await until('the model is asked', () => now.requests > asked);
    });

    it('work in a document without a file, with emoji and CJK around the cursor', async () => {
      await openUntitled('// 漢字 😀\nconst greeting = "こんにちは 😀";\nconsole.log(');
      const { outcome } = (await complete()).result;
      assert.ok(['completed', 'empty', 'filtered'].includes(outcome.kind), outcome.kind);
    });

    it('extend what the suggest widget has selected', async () => {
      const editor = await openFile('widget.ts', 'const crossing = zebr');
      const registration = vscode.languages.registerCompletionItemProvider('typescript', {
        provideCompletionItems: () => [new vscode.CompletionItem('zebraCrossing', vscode.CompletionItemKind.Variable)],
      });
      try {
        // The widget tells nobody when it is open, and what is asked before that knows nothing of it.
        let accepted = '';
        for (let tries = 1; tries <= 8 && !accepted.startsWith('aCrossing'); tries++) {
          await vscode.commands.executeCommand('editor.action.triggerSuggest');
          await sleep(1_000 * tries);
          await vscode.commands.executeCommand('sparsek.triggerCompletion');
          await sleep(1_000);
          accepted = await accept(editor);
          await vscode.commands.executeCommand('undo');
        }
        assert.match(accepted, /^aCrossing/);
      } finally {
        registration.dispose();
      }
    });
  });
}
