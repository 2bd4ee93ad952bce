import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import type { AnswerPart, AskRequest } from '../../src/protocol';
import { useTinyEngine } from './tinyEngine';

const demo = fileURLToPath(new URL('../fixtures/workspaces/demo', import.meta.url));
const question = 'How is an item taken off the shelf?';

describe('a question about a workspace', function () {
  this.timeout(60_000);
  const engine = useTinyEngine(demo);
  const alone = useTinyEngine();

  const ask = async (more: Partial<AskRequest> = {}, signal = new AbortController().signal, onPart: (part: AnswerPart) => void = () => undefined) => {
    const parts: AnswerPart[] = [];
    const request = { id: 'a', question, history: [], mentions: [], open: [], maxTokens: 24, sampling: { temperature: 0, topP: 1 }, encode: 0, ...more };
    const result = await engine().ask(request, signal, (part) => {
      parts.push(part);
      onPart(part);
    });
    return { result, parts, told: parts.map((part) => (part.kind === 'text' ? part.text : '')).join('') };
  };

  it('is answered from the place that has to do with it, told before the first word', async () => {
    const { result, parts } = await ask();
    assert.equal(result.outcome.kind, 'answered');
    assert.equal(result.sources[0].path, 'src/inventory.ts');
    const kinds = parts.map(({ kind }) => kind);
    assert.ok(kinds.indexOf('sources') < kinds.indexOf('text'));
    assert.ok(result.tokens.generated > 0 && result.tokens.read > 0);
  });

  it('tells the whole text piece by piece', async () => {
    const { result, told } = await ask();
    assert.equal(result.text, told.slice(0, result.text.length));
  });

  it('takes the bytes that the plan states, whatever is asked', async () => {
    for (const words of [question, 'What is sold in the corner shop, and who prints the report of a day?']) {
      const { result } = await ask({ question: words });
      assert.equal(result.memory.keyValueBytes, engine().info.conversation.keyValueBytes);
    }
  });

  it('is not put to the model when nothing in the workspace has to do with it', async () => {
    const { result, told } = await ask({ question: 'Zyzzyva quokka?' });
    assert.equal(result.outcome.kind, 'not-found');
    assert.equal(told, '');
    assert.equal(result.tokens.read, 0);
  });

  it('goes on from the answer before without reading it again', async () => {
    const first = await ask();
    const { result } = await ask({ question: 'And when there are not enough?', history: [{ question, answer: first.result.text }] });
    assert.ok(result.tokens.reused >= first.result.tokens.read + first.result.tokens.generated - 1, JSON.stringify(result.tokens));
  });

  it('is asked about the file that is mentioned, whatever it is about', async () => {
    const { result } = await ask({ mentions: [{ path: 'tools/sales.py', startLine: 1, endLine: 5 }] });
    assert.deepEqual([result.sources[0].path, result.sources[0].startLine, result.sources[0].because], ['tools/sales.py', 1, 'mentioned']);
  });

  it('recalls segments that were encoded for it', async () => {
    const { result, parts } = await ask({ question: 'Who adds an item to the inventory?', encode: 2 });
    assert.ok(result.read.recalled > 0);
    assert.ok(parts.some((part) => part.kind === 'stage' && part.stage === 'encoding'));
  });

  it('stops between two tokens, and keeps what was written', async () => {
    const controller = new AbortController();
    const { result, told } = await ask({ maxTokens: 2000 }, controller.signal, (part) => {
      if (part.kind === 'text') controller.abort();
    });
    assert.equal(result.outcome.kind, 'cancelled');
    assert.ok(told.length > 0);
    assert.equal(result.text, told);
  });

  it('is given up for the next one', async () => {
    const [first, second] = await Promise.all([ask({ maxTokens: 2000 }), ask({ question: 'What does the report say?' })]);
    assert.equal(first.result.outcome.kind, 'cancelled');
    assert.equal(second.result.outcome.kind, 'answered');
  });

  it('lets a completion go first', async () => {
    engine().documents.open({ uri: 'untitled:a', path: 'a.ts', languageId: 'typescript', version: 1, text: 'const a = ' });
    const order: string[] = [];
    let completed: Promise<unknown> | undefined;
    await ask({ maxTokens: 60 }, undefined, (part) => {
      if (part.kind !== 'text') return;
      order.push('text');
      completed ??= engine().complete({
        uri: 'untitled:a', version: 1, offset: 10, maxTokens: 2, extent: 'line', sampling: { temperature: 0, topP: 1 }, speculation: false,
      }, new AbortController().signal).then(() => order.push('completion'));
    });
    await completed;
    assert.ok(order.indexOf('completion') > 0 && order.indexOf('completion') < order.length - 1, order.join(' '));
  });

  it('is refused with a reason where no folder is open', async () => {
    const request = { id: 'b', question, history: [], mentions: [], open: [], maxTokens: 4, sampling: { temperature: 0, topP: 1 }, encode: 0 };
    const { outcome } = await alone().ask(request, new AbortController().signal, () => undefined);
    assert.equal(outcome.kind, 'not-ready');
  });
});
