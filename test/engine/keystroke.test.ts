import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Engine } from '../../src/engine/engine';
import { Editor } from './editor';
import { useRealModel } from './realModel';
import { useTinyEngine } from './tinyEngine';

const mostTokens = 4;
/** `(` and the like: the editor inserts the partner behind the cursor, and overwrites it when it is typed. */
const partners: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}', '"': '"', '\'': '\'' };

/** Types as an editor with auto-closing brackets does. @returns the tokens that each keystroke read */
async function typeText(editor: Editor, text: string, maxTokens: number): Promise<number[]> {
  const read: number[] = [];
  for (const character of text) {
    if (/[)\]}"']/.test(character) && editor.text[editor.cursor] === character) editor.cursor++;
    else editor.type(character, partners[character] ?? '');
    const result = await editor.complete({ maxTokens });
    assert.notEqual(result.outcome.kind, 'unreadable');
    read.push(result.tokens.read);
  }
  return read;
}

function check(text: string, read: readonly number[]): void {
  const characters = Array.from(text);
  const slow = read.flatMap((count, i) => (count > mostTokens ? [`${JSON.stringify(characters.slice(0, i + 1).join(''))}: ${count}`] : []));
  assert.deepEqual(slow, []);
}

describe('a keystroke after a completion reads at most 4 new tokens', () => {
  const typed = '\n  const rest = this.map((block) => block["length"]);\n  if (rest > configuration) return [];';

  describe('with the real model, in a file longer than memory and window', function () {
    this.timeout(600_000);
    const engine = useRealModel();

    it('while code is typed, auto-closed brackets included', async () => {
      const text = longFile(4000, engine());
      const cursor = text.indexOf('\n', text.length * 0.8);
      const editor = new Editor(engine(), text, cursor);
      await editor.complete({ maxTokens: 2 });
      check(typed, await typeText(editor, typed, 2));
      editor.close();
    });

    it('after an accepted completion, and while it is typed instead', async () => {
      const text = longFile(1500, engine());
      const editor = new Editor(engine(), text, text.indexOf('\n', text.length / 2));
      editor.type('\n  ');
      const completion = await editor.complete();
      editor.type(completion.outcome.kind === 'completed' ? completion.text : 'return first');
      const after = '\n  re';
      check(after, await typeText(editor, after, 2));
      const next = await editor.complete();
      const agreeing = next.text.slice(0, 12);
      check(agreeing, await typeText(editor, agreeing, 2));
      editor.close();
    });
  });

  describe('in a file of 30,000 lines', function () {
    this.timeout(300_000);
    const engine = useTinyEngine();

    it('at the end, after a cold read of all of it', async () => {
      const text = Array.from({ length: 30_000 }, (_, i) => `x${i % 10} = ${i}\n`).join('');
      const editor = new Editor(engine(), text, text.length);
      const cold = await editor.complete({ maxTokens: 1 });
      assert.ok(cold.tokens.read > 100_000);
      const line = 'return (x)\n';
      check(line, await typeText(editor, line, 2));
      editor.close();
    });
  });
});

/** This project's own code, repeated until it has so many tokens. */
function longFile(tokens: number, engine: Engine): string {
  const source = readFileSync(fileURLToPath(new URL('../../src/engine/documents/document.ts', import.meta.url)), 'utf8');
  const count = engine.tokenizer.encode(source).length;
  return source.repeat(Math.ceil(tokens / count));
}
