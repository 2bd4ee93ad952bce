import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { AnswerPart, SummarizeRequest } from '../../src/protocol';
import { useTinyEngine } from './tinyEngine';

const file = fileURLToPath(new URL('../fixtures/workspaces/demo/src/inventory.ts', import.meta.url));

describe('a summary', function () {
  this.timeout(60_000);
  const engine = useTinyEngine();

  const summarize = async (more: Partial<SummarizeRequest> = {}, signal = new AbortController().signal, onPart: (part: AnswerPart) => void = () => undefined) => {
    const parts: AnswerPart[] = [];
    const request = { id: 's', path: 'src/inventory.ts', linkPrefix: '/', text: await readFile(file, 'utf8'), ...more };
    const result = await engine().summarize(request, signal, (part) => {
      parts.push(part);
      onPart(part);
    });
    return { result, parts };
  };

  it('names every part of the file with a link to the line that declares it', async () => {
    const { result } = await summarize();
    const lines = (await readFile(file, 'utf8')).split('\n');
    const links = [...result.text.matchAll(/\[`(\w+)`\]\(\/src\/inventory\.ts#L(\d+)\)/g)];
    assert.ok(links.some(([, name]) => name === 'Inventory') && links.some(([, name]) => name === 'remove'));
    for (const [, name, line] of links) assert.ok(lines[Number(line) - 1].includes(name), `${name} on line ${line}`);
    assert.match(result.text, /## Dependencies\n\n- `\.\/item`/);
  });

  it('is told piece by piece, with the progress of the reading', async () => {
    const { result, parts } = await summarize();
    assert.equal(parts.map((part) => (part.kind === 'text' ? part.text : '')).join(''), result.text);
    assert.ok(parts.some((part) => part.kind === 'stage' && part.stage === 'reading' && part.done === part.count));
  });

  it('takes the same bytes for a long file, and reads each of its tokens once', async () => {
    const text = Array.from({ length: 400 }, (_, i) => `/** Number ${i}. */\nexport const value${i} = compute(${i});\n`).join('');
    const { result } = await summarize({ text });
    const tokens = engine().tokenizer.encode(text).length;
    assert.equal(result.memory.keyValueBytes, engine().info.conversation.keyValueBytes);
    assert.ok(tokens > 4 * engine().info.conversation.window);
    assert.ok(result.tokens.read < tokens + 800, `${result.tokens.read} of ${tokens} tokens`);
    assert.equal((result.text.match(/^- /gm) ?? []).length, 400);
  });

  it('of some lines has the lines of the file', async () => {
    const { result } = await summarize({ startLine: 4, endLine: 8, text: 'a\nb\nc\nexport function one() {\n}\nexport function two() {\n}\nd\n' });
    assert.match(result.text, /\[`one`\]\(\/src\/inventory\.ts#L4\)[^]*\[`two`\]\(\/src\/inventory\.ts#L6\)/);
  });

  it('stops while it reads, and keeps what was written', async () => {
    const controller = new AbortController();
    const text = 'const a = 1;\n'.repeat(2000);
    const { result } = await summarize({ text }, controller.signal, (part) => {
      if (part.kind === 'stage' && part.stage === 'reading' && (part.done ?? 0) > 300) controller.abort();
    });
    assert.equal(result.outcome.kind, 'cancelled');
    assert.match(result.text, /^# src\/inventory/);
    assert.ok(!result.text.includes('Main parts'));
  });
});
