import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { AnswerPart, ChatMessage } from '../../src/protocol';
import { useTinyEngine } from './tinyEngine';

const demo = fileURLToPath(new URL('../fixtures/workspaces/demo', import.meta.url));
const never = new AbortController().signal;

describe('an engine that serves others', function () {
  this.timeout(60_000);
  const engine = useTinyEngine(demo);

  const chat = async (messages: readonly ChatMessage[], signal = never, onPart: (part: AnswerPart) => void = () => undefined) => {
    let told = '';
    const result = await engine().chat({ id: 'c', messages, maxTokens: 12, sampling: { temperature: 0, topP: 1 } }, signal, (part) => {
      if (part.kind === 'text') told += part.text;
      onPart(part);
    });
    return { result, told };
  };

  it('writes an answer piece by piece, and reads only what is new of a conversation that goes on', async () => {
    const question: ChatMessage = { role: 'user', text: 'What does this do?\n'.repeat(20) };
    const first = await chat([question]);
    assert.equal(first.result.outcome.kind, 'answered');
    assert.equal(first.result.text, first.told.slice(0, first.result.text.length));
    const again = await chat([question, { role: 'assistant', text: first.result.text }, { role: 'user', text: 'And then?' }]);
    assert.ok(again.result.tokens.reused > 300, `reused ${again.result.tokens.reused} tokens`);
  });

  it('takes a system text of any length, and the same bytes for a conversation of any length', async () => {
    const system: ChatMessage = { role: 'system', text: 'Always be kind. '.repeat(200) };
    const long = await chat([system, { role: 'user', text: 'x = 1\n'.repeat(1500) }]);
    assert.equal(long.result.memory.keyValueBytes, engine().info.conversation.keyValueBytes);
    assert.ok(long.result.tokens.read > 4 * engine().info.conversation.window);
  });

  it('stops when it is cancelled', async () => {
    const controller = new AbortController();
    const { result } = await chat([{ role: 'user', text: 'x = 1\n'.repeat(2000) }], controller.signal, (part) => {
      if (part.kind === 'stage' && part.stage === 'reading') controller.abort();
    });
    assert.equal(result.outcome.kind, 'cancelled');
  });

  it('finds the segments that a question is about, as they stand in their files', async () => {
    const { segments, files } = await engine().search({ question: 'take an item off the shelf', limit: 3, mostCharacters: 10_000 }, never);
    assert.ok(files > 3 && segments.length > 1);
    assert.equal(segments[0].path, 'src/inventory.ts');
    for (const { path, startLine, endLine, text } of segments) {
      assert.equal(text, (await readFile(join(demo, path), 'utf8')).split('\n').slice(startLine - 1, endLine).join('\n'));
    }
  });

  it('gives no more characters than were asked for, in whole lines', async () => {
    const question = 'take an item off the shelf';
    const { segments } = await engine().search({ question, limit: 8, mostCharacters: 120 }, never);
    const [{ text, startLine, endLine }] = segments;
    assert.ok(segments.reduce((sum, one) => sum + one.text.length, 0) <= 120);
    assert.equal(text.split('\n').length, endLine - startLine + 1);
    assert.deepEqual((await engine().search({ question: 'Zyzzyva quokka?', limit: 8, mostCharacters: 120 }, never)).segments, []);
  });
});
