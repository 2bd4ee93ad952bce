import assert from 'node:assert/strict';
import { Documents } from '../../../../src/engine/documents';
import { Contexts, LiveContext, priorOfRank, Recall, segmentKey, SegmentEncoder, SegmentMemories, type RecalledSegment } from '../../../../src/engine/memory';
import { MemoryViewer, type SegmentOrigin, type ViewedWorkspace } from '../../../../src/engine/tasks/memoryView';
import type { LineMemory, MemoryViewRequest } from '../../../../src/protocol';
import { tinyPlan, useTinyModel } from '../../tinyModel';

const never = new AbortController().signal;
const uri = 'file:///main.ts';

describe('The memory view', () => {
  const model = useTinyModel();
  const line = (i: number) => `const v${i} = f(${i});\n`;
  const before = Array.from({ length: 30 }, (_, i) => line(i)).join('');
  const behind = 'end();\nlast();\n';
  const whole = `${before}${behind}`;

  interface Scene {
    readonly contexts: Contexts;
    readonly documents: Documents;
    view(more?: Partial<MemoryViewRequest>): ReturnType<MemoryViewer['view']>;
    read(text: string, recall?: Recall, first?: 'everything' | 'livePart'): Promise<void>;
  }

  /** A document open in an engine, of which the text before the cursor was read. */
  async function withScene(use: (scene: Scene) => Promise<void>, segments?: SegmentMemories, workspace?: ViewedWorkspace): Promise<void> {
    const { tokenizer, manifest } = model();
    const store = model().checkpoints();
    const context = async () => new LiveContext(await model().cache(), store, tokenizer.vocabulary, segments);
    const contexts = new Contexts(await context(), await context());
    const documents = new Documents(tokenizer);
    documents.open({ uri, path: 'main.ts', languageId: 'typescript', version: 3, text: whole });
    const viewer = new MemoryViewer(manifest, tokenizer.vocabulary, documents, contexts, workspace);
    const { fimPrefix, fimSuffix, fimMiddle } = manifest.specialTokens;
    await use({
      contexts, documents,
      view: (more) => viewer.view({ uris: [uri], ...more }),
      read: async (text, recall = Recall.nothing, first = 'everything') => {
        const pinned = Int32Array.of(fimPrefix, fimSuffix, ...tokenizer.encode(behind), fimMiddle);
        const reading = await contexts.read({ document: uri, text: Int32Array.from(tokenizer.encode(text)), pinned, recall }, never, first);
        if (reading.pending.length > 0) await contexts.cache.append(reading.pending, 'none');
      },
    });
    contexts.dispose();
  }

  /** Token by token, layer by layer and head by head. */
  async function countByHand({ contexts: { cache } }: Scene, layers = [...Array(model().manifest.geometry.layers).keys()]): Promise<Map<number, number>> {
    const [memory] = await cache.read((runtime, state) => runtime.extract(state, [{ start: 4, end: 4 + cache.entries }]));
    const sums = new Map<number, { kept: number; all: number }>();
    let at = 1;
    for (const [i, token] of cache.text.entries()) {
      const touched = new Set<number>();
      for (const character of model().tokenizer.decode([token])) {
        touched.add(at);
        if (character === '\n') at++;
      }
      for (const one of touched) {
        const sum = sums.get(one) ?? { kept: 0, all: 0 };
        sums.set(one, sum);
        for (const layer of layers) {
          for (let head = 0; head < memory.keyValueHeads; head++) {
            const row = layer * memory.keyValueHeads + head;
            const isKept = i >= cache.absorbed || memory.sources.subarray(row * memory.count, (row + 1) * memory.count).includes(i);
            sum.all++;
            if (isKept) sum.kept++;
          }
        }
      }
    }
    return new Map([...sums].filter(([, { kept }]) => kept > 0).map(([one, { kept, all }]) => [one, kept / all]));
  }

  const close = (lines: readonly LineMemory[], expected: ReadonlyMap<number, number>, kept = (one: LineMemory) => one.kept) => {
    assert.deepEqual(lines.map((one) => one.line), [...expected.keys()]);
    for (const one of lines) assert.ok(Math.abs(kept(one) - (expected.get(one.line) ?? -1)) < 1e-9, `line ${one.line}: ${kept(one)}, by hand ${expected.get(one.line)}`);
  };

  it('says of each line the share of its tokens that layers and heads keep, as counted by hand', () => withScene(async (scene) => {
    await scene.read(before);
    const { documents: [document], entries, capacity } = await scene.view();
    assert.deepEqual([document.version, document.readTo, entries, capacity], [3, 30, tinyPlan.entries, tinyPlan.entries]);
    const own = document.lines.filter(({ line: one }) => one <= 30);
    close(own, await countByHand(scene));
    assert.ok(own.some(({ kept, live }) => kept > 0 && kept < 1 && !live), 'the memory kept a part of some line');
    assert.ok(own.length < 30 + 1 && document.share > 0.99);
  }));

  it('says the same layer by layer of the lines that are asked about, kept or not', () => withScene(async (scene) => {
    await scene.read(before);
    const { documents: [{ lines }] } = await scene.view({ detail: { startLine: 1, endLine: 30 } });
    assert.equal(lines.length, 30);
    for (const layer of [0, 1]) {
      const expected = await countByHand(scene, [layer]);
      close(lines, new Map(lines.map((one) => [one.line, expected.get(one.line) ?? 0])), ({ layers = [] }) => layers[layer]);
    }
    assert.deepEqual((await scene.view({ detail: { startLine: 7, endLine: 8 } })).documents[0].lines.map((one) => one.line), [7, 8]);
  }));

  it('keeps the text around the cursor whole, the suffix behind it too', () => withScene(async (scene) => {
    await scene.read(before);
    const { documents: [{ lines }] } = await scene.view();
    assert.deepEqual(lines.filter(({ live }) => live).slice(-3).map(({ line: one, kept }) => [one, kept]), [[30, 1], [31, 1], [32, 1]]);
  }));

  it('knows nothing of lines that changed since they were read, and of those behind them', () => withScene(async (scene) => {
    await scene.read(before);
    const offset = before.indexOf('const v27');
    scene.documents.change({ uri, version: 4, edits: [{ offset, deleteLength: 0, insert: 'new();\n' }] });
    const { documents: [{ lines, version, readTo }] } = await scene.view();
    assert.deepEqual([version, readTo], [4, 27]);
    assert.ok(lines.some(({ line: one }) => one === 27) && !lines.some(({ line: one }) => one > 27 && one < 32));
  }));

  it('says that what was left out is not kept', () => withScene(async (scene) => {
    await scene.read(before, Recall.nothing, 'livePart');
    const { documents: [{ lines, share }], entries } = await scene.view({ detail: { startLine: 2, endLine: 2 } });
    assert.deepEqual([lines.map(({ kept }) => kept), share, entries], [[0], 0, 0]);
  }));

  it('tells the segments, best first, with what is kept of their lines, and which are stale', async () => {
    const { tokenizer, runtime } = model();
    const encoder = await SegmentEncoder.create(runtime);
    const segments = new SegmentMemories(4);
    const bodies = ['export const area = 1;\nexport const size = 2;\n', 'gone();\n'];
    const recalled: RecalledSegment[] = [];
    for (const [rank, body] of bodies.entries()) {
      const tokens = Int32Array.from(tokenizer.encode(`src/s${rank}.ts\n${body}`));
      segments.add(segmentKey(tokens), await encoder.encode(tokens, never));
      recalled.push({ key: segmentKey(tokens), tokens, prior: priorOfRank(rank) });
    }
    const why = { lexical: 1, terms: [], declares: [], imported: 0, open: 0, recent: 0 };
    const origins: SegmentOrigin[] = [
      // Two lines were put before it since it was chosen.
      { folder: '/w', path: 'src/s0.ts', startLine: 5, endLine: 6, why, text: `one\ntwo\n${bodies[0]}` },
      { folder: '/w', path: 'src/s1.ts', startLine: 1, endLine: 1, why, text: 'other();\n' },
    ];
    const workspace: ViewedWorkspace = { originOf: ({ key }) => Promise.resolve(origins[recalled.findIndex((one) => one.key === key)]) };
    await withScene(async (scene) => {
      const recall = new Recall([...recalled].reverse());
      await scene.read(before, recall);
      const { segments: found, documents: [{ share }] } = await scene.view();
      assert.deepEqual(found.map(({ path, startLine, endLine, stale }) => [path, startLine, endLine, stale]), [['src/s0.ts', 3, 4, false], ['src/s1.ts', 1, 1, true]]);
      assert.deepEqual(found.map((one) => one.share), recall.sharesOf(await scene.contexts.cache.sources()).toReversed());
      assert.ok(Math.abs(share + found[0].share + found[1].share - 1) < 1e-9);
      const { segments: [best] } = await scene.view({ detail: { startLine: 3, endLine: 4 } });
      const header = tokenizer.encode('src/s0.ts\n').length;
      const [memory] = await scene.contexts.cache.sources();
      const first = recall.firstSource(1) + header;
      const inBody = memory.filter((source) => source >= first && source < first + recalled[0].tokens.length - header).length;
      const counted = best.lines.reduce((sum, { kept, tokens }) => sum + kept * tokens * 4, 0);
      assert.ok(Math.abs(inBody - counted) < 1e-6, `${counted} entries, by hand ${inBody}`);
    }, segments, workspace);
    encoder.dispose();
  });
});
