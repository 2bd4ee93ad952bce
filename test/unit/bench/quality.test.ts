import assert from 'node:assert/strict';
import fc from 'fast-check';
import { Random } from '../../fixtures/random';
import { crossTokens } from '../../bench/quality/crossTokens';
import { drawLine } from '../../bench/quality/lines';
import { crossEntropy, lossOf, openCache } from '../../bench/quality/reader';
import { SharedTokens } from '../../bench/quality/sharedTokens';
import { editSimilarity } from '../../bench/quality/similarity';
import { Table } from '../../bench/quality/table';
import { Recall, SegmentEncoder, SegmentMemories } from '../../../src/engine/memory';
import { noise, tinyPlan, useTinyModel } from '../tinyModel';

const text = (length: number) => fc.array(fc.integer({ min: 0, max: 5 }), { maxLength: length }).map((tokens) => Int32Array.from(tokens));

describe('What the quality benchmark measures', () => {
  const model = useTinyModel();

  it('asks for the tokens whose bigram stands in the context and not earlier in the text', () => {
    fc.assert(fc.property(text(60), fc.array(text(20), { maxLength: 3 }), fc.integer({ min: 1, max: 20 }), (target, context, first) => {
      const stands = (tokens: Int32Array, t: number, end: number) => Array.from({ length: Math.max(0, end - 1) }, (_, i) => i + 1)
        .some((i) => tokens[i - 1] === target[t - 1] && tokens[i] === target[t]);
      const expected = [...target.keys()].filter((t) => t >= first
        && context.some((segment) => stands(segment, t, segment.length)) && !stands(target, t, t));
      assert.deepEqual(crossTokens(target, context, first), expected);
    }));
  });

  it('ranks the baseline by rare shared tokens over the root of distinct ones', () => {
    const segments = [[1, 2, 2, 3], [1, 4], [1, 5, 6]].map((tokens) => Int32Array.from(tokens));
    const shared = new SharedTokens(segments);
    const query = Int32Array.of(1, 3, 9, 3);
    assert.ok(Math.abs(shared.relevance(query, segments[0]) - (Math.log(1 + 3 / 3) + Math.log(1 + 3 / 1)) / Math.sqrt(4)) < 1e-12);
    assert.ok(Math.abs(shared.relevance(query, segments[1]) - Math.log(2) / Math.sqrt(3)) < 1e-12);
  });

  it('reads the same losses in chunks as in one run, while nothing is evicted', async () => {
    const { runtime } = model();
    const tokens = noise(300, 3);
    const places = [1, 2, 64, 127, 128, 129, 255, 256, 299];
    const cache = await openCache(runtime, tinyPlan, 0, 512);
    const loss = await lossOf(cache, Recall.nothing, new SegmentMemories(0), tokens, places);
    const state = runtime.createState(400);
    const { vocabulary } = runtime.manifest.geometry;
    const rows = await runtime.forward(state, Int32Array.from([...runtime.manifest.sinkTokens, ...tokens]), 0, 'all');
    const sink = runtime.manifest.sinkTokens.length;
    const expected = places.reduce((sum, place) => sum + crossEntropy(rows.subarray((sink + place - 1) * vocabulary, (sink + place) * vocabulary), tokens[place]), 0);
    assert.ok(Math.abs(loss - expected) < 1e-6 * expected, `${loss} against ${expected}`);
    state.dispose();
    cache.dispose();
  });

  it('reads other losses behind a memory, and the same again afterwards without it', async () => {
    const { runtime } = model();
    const encoder = await SegmentEncoder.create(runtime);
    const segment = { key: 'one', tokens: noise(200, 5), prior: 0 };
    const memories = new SegmentMemories(2);
    memories.add('one', await encoder.encode(segment.tokens, new AbortController().signal));
    const cache = await openCache(runtime, tinyPlan, 128);
    const read = (recall: Recall) => lossOf(cache, recall, memories, noise(600, 6), [300, 500, 599]);
    const without = await read(Recall.nothing);
    assert.notEqual(await read(new Recall([segment])), without);
    assert.equal(await read(Recall.nothing), without);
    encoder.dispose();
    cache.dispose();
  });

  it('pairs the standard error: rows that differ by the same amount everywhere differ for certain', () => {
    const table = new Table();
    table.add(2, new Map([['a', 4], ['b', 3]]));
    table.add(6, new Map([['a', 30], ['b', 27]]));
    assert.equal(table.mean('a'), 34 / 8);
    assert.deepEqual(table.difference('a', 'b'), { difference: 0.5, error: 0 });
    table.add(2, new Map([['a', 4], ['b', 4]]));
    const { difference, error } = table.difference('a', 'b');
    assert.ok(Math.abs(difference - 0.4) < 1e-12);
    // Residuals 0.2, 0.6 and -0.8 over 10 items.
    assert.ok(Math.abs(error - Math.sqrt(0.2 ** 2 + 0.6 ** 2 + 0.8 ** 2) / 10) < 1e-12);
  });

  it('refuses a row that is not measured everywhere', () => {
    const table = new Table();
    table.add(1, new Map([['a', 1]]));
    table.add(1, new Map([['a', 1], ['b', 1]]));
    assert.throws(() => table.difference('a', 'b'), RangeError);
  });

  it('counts edits over the longer text', () => {
    assert.equal(editSimilarity('', ''), 1);
    assert.equal(editSimilarity('total(a, b)', 'total(a, b)'), 1);
    assert.equal(editSimilarity('abc', ''), 0);
    assert.ok(Math.abs(editSimilarity('kitten', 'sitting') - 4 / 7) < 1e-12);
  });

  it('completes a line from the first use of a name that another file declares', () => {
    const { tokenizer } = model();
    const filler = Array.from({ length: 20 }, (_, i) => `const filler${i} = ${i} * ${i};\n`).join('');
    const source = `${filler}import { orderList } from "./orders";\n// orderList(everything) is called\n  return myorderList + orderList(inventory, 3);\nlast();\n`;
    const file = { path: 'a.ts', text: source, segments: [] };
    const target = Int32Array.from(tokenizer.encode(source));
    assert.deepEqual(drawLine(file, target, new Set(['orderList']), tokenizer, new Random(1)), {
      path: 'a.ts',
      before: source.slice(0, source.indexOf('orderList(inventory')),
      expected: 'orderList(inventory, 3);',
      after: '\nlast();\n',
    });
    assert.equal(drawLine(file, target, new Set(['elsewhere']), tokenizer, new Random(1)), undefined);
  });
});
