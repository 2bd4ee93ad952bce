import assert from 'node:assert/strict';
import { truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { entrySource, layerGroups } from '../../../kernels';
import { readManifest, type Geometry } from '../../../src/engine/model';
import { CpuRuntime, cpuStateBytes } from '../../../src/engine/runtime';
import { ProblemError } from '../../../src/protocol';
import { Random } from '../../fixtures/random';
import { ReferenceModel, type ReferenceEntry, type ReferenceState } from '../../fixtures/referenceModel';
import { temporaryDirectory, type TemporaryDirectory } from '../../fixtures/temporaryDirectory';
import { writeTinyPack, type TinyPackOptions } from '../../fixtures/tinyPack';
import { tinyVocabulary } from '../../fixtures/tinyTokenizer';

/** Of logits around 30, in fp32. */
const tolerance = 1e-3;

const random = new Random(7);
const text = (length: number) => Int32Array.from({ length }, () => random.below(tinyVocabulary));

async function withPack(options: TinyPackOptions, use: (runtime: CpuRuntime, reference: ReferenceModel) => Promise<void>): Promise<void> {
  const directory = await temporaryDirectory();
  try {
    const manifest = await writeTinyPack(directory.path, options);
    const runtime = await CpuRuntime.load(directory.path, manifest, 1);
    try {
      await use(runtime, new ReferenceModel(directory.path, manifest));
    } finally {
      await runtime.dispose();
    }
  } finally {
    await directory.remove();
  }
}

function assertClose(actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance: number): void {
  assert.equal(actual.length, expected.length);
  let worst = 0;
  for (let i = 0; i < actual.length; i++) worst = Math.max(worst, Math.abs(actual[i] - expected[i]));
  assert.ok(worst <= tolerance, `differs by up to ${worst}`);
}

function cosine(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let [ab, aa, bb] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    ab += a[i] * b[i];
    aa += a[i] * a[i];
    bb += b[i] * b[i];
  }
  return ab / Math.sqrt(aa * bb);
}

describe('The decoder graph against a plain reference', () => {
  const geometries: Record<string, Partial<Geometry>> = {
    'a scorer with a hidden layer': {},
    'a linear scorer': { scorerHidden: 0 },
    'one KV head for all query heads': { queryHeads: 4, keyValueHeads: 1, layers: 1 },
    'a KV head for each query head, wide heads': { queryHeads: 2, keyValueHeads: 2, headDim: 32, layers: 3 },
    'attention narrower than the model': { queryHeads: 2, keyValueHeads: 1, headDim: 16, width: 96, feedForwardWidth: 160, ropeTheta: 1e6 },
  };
  for (const [name, geometry] of Object.entries(geometries)) {
    it(`gives the same logits and scores in fp32: ${name}`, () => withPack({ geometry, arithmetic: 'float32' }, async (runtime, reference) => {
      const tokens = text(12);
      const state = runtime.createState(16);
      const expectedState = reference.createState();
      const logits = await runtime.forward(state, tokens, 100, 'all');
      tokens.forEach((token, i) => {
        const expected = reference.forward(expectedState, token, 100 + i);
        assertClose(logits.subarray(i * tinyVocabulary, (i + 1) * tinyVocabulary), expected, tolerance);
      });
      assertStateMatches(runtime, state, expectedState);
    }));
  }

  it('stays near it as shipped, with activations quantised to 8 bit', () => withPack({}, async (runtime, reference) => {
    const tokens = text(24);
    const state = runtime.createState(24);
    const expectedState = reference.createState();
    const logits = await runtime.forward(state, tokens, 0, 'all');
    tokens.forEach((token, i) => {
      const similarity = cosine(logits.subarray(i * tinyVocabulary, (i + 1) * tinyVocabulary), reference.forward(expectedState, token, i));
      assert.ok(similarity > 0.998, `cosine ${similarity} at token ${i}`);
    });
  }));

  it('after a compaction attends to exactly the kept entries', () => withPack({ arithmetic: 'float32' }, async (runtime, reference) => {
    const tokens = text(40);
    const state = runtime.createState(48);
    const expectedState = reference.createState();
    await runtime.forward(state, tokens, 0, 'none');
    tokens.forEach((token, i) => reference.forward(expectedState, token, i));
    // sink 4 | memory 16 | pinned 4 | evicted 8 | rest 8
    runtime.compact(state, [{ memory: { start: 4, end: 20 }, evicted: { start: 24, end: 32 }, keep: 10 }]);
    const compacted = expectedState.map((slots) => [
      ...slots.slice(0, 4), ...best([...slots.slice(4, 20), ...slots.slice(24, 32)], 10), ...slots.slice(20, 24), ...slots.slice(32),
    ]);
    assert.deepEqual(state.lengths, [26]);
    for (const token of text(5)) {
      const logits = await runtime.forward(state, Int32Array.of(token), 40, 'last');
      assertClose(logits, reference.forward(compacted, token, 40), tolerance);
    }
  }));

  it('reads a merged memory of two texts as the union of their best entries', () => withPack({ arithmetic: 'float32' }, async (runtime, reference) => {
    const sink = text(4);
    const expectedState = reference.createState();
    sink.forEach((token, i) => reference.forward(expectedState, token, i));
    const live = runtime.createState(40);
    await runtime.forward(live, sink, 0, 'none');
    const memories = [];
    const encoded: ReferenceState[] = [];
    for (const start of [1000, 2000]) {
      const part = runtime.createState(40);
      const expectedPart = reference.createState();
      const tokens = text(20);
      await runtime.forward(part, sink, 0, 'none');
      await runtime.forward(part, tokens, start, 'none');
      sink.forEach((token, i) => reference.forward(expectedPart, token, i));
      tokens.forEach((token, i) => reference.forward(expectedPart, token, start + i));
      memories.push(...runtime.extract(part, [{ start: 4, end: 24 }], 16));
      encoded.push(expectedPart.map((slots) => slots.slice(4)));
    }
    runtime.insert(live, runtime.merge(memories.map(entrySource), [0, -0.5], 12));
    const merged = expectedState.map((slots, row) => [
      ...slots, ...best([...encoded[0][row], ...encoded[1][row].map((entry) => ({ ...entry, score: entry.score - 0.5 }))], 12),
    ]);
    const token = 65;
    assertClose(await runtime.forward(live, Int32Array.of(token), 3000, 'last'), reference.forward(merged, token, 3000), tolerance);
  }));

  it('gives a token another slot in layers that hold another number of entries', () => (
    withPack({ arithmetic: 'float32', geometry: { layers: 3 }, layerShares: [0.5, 0.5, 1.5] }, async (runtime, reference) => {
      const tokens = text(40);
      const state = runtime.createState([40, 48]);
      const expectedState = reference.createState();
      await runtime.forward(state, tokens, 0, 'none');
      tokens.forEach((token, i) => reference.forward(expectedState, token, i));
      // sink 4 | memory 16 | pinned 4 | evicted 8 | rest 8; then 5 entries stay in two layers and 15 in the third.
      const compaction = (keep: number) => ({ memory: { start: 4, end: 20 }, evicted: { start: 24, end: 32 }, keep });
      runtime.compact(state, [compaction(5), compaction(15)]);
      const compacted = expectedState.map((slots, row) => [
        ...slots.slice(0, 4), ...best([...slots.slice(4, 20), ...slots.slice(24, 32)], row < 4 ? 5 : 15), ...slots.slice(20, 24), ...slots.slice(32),
      ]);
      assert.deepEqual(state.lengths, [21, 31]);
      for (const token of text(5)) {
        const logits = await runtime.forward(state, Int32Array.of(token), 40, 'last');
        assertClose(logits, reference.forward(compacted, token, 40), tolerance);
      }
      const more = text(7);
      const logits = await runtime.forward(state, more, 45, 'last');
      const expected = more.reduce<ArrayLike<number>>((_, token, i) => reference.forward(compacted, token, 45 + i), []);
      assertClose(logits, expected, tolerance);
      assert.deepEqual(state.lengths, [33, 43]);
    })
  ));
});

describe('The CPU runtime', () => {
  it('gives the same, bit for bit, for tokens one at a time, in parts and at once, beyond the longest run too', () => withPack({}, async (runtime) => {
    const tokens = text(300);
    const results = [];
    for (const step of [1, 7, 300]) {
      const state = runtime.createState(300);
      let logits = new Float32Array(0);
      for (let start = 0; start < tokens.length; start += step) {
        logits = Float32Array.from(await runtime.forward(state, tokens.slice(start, start + step), start, 'last'));
      }
      results.push({ logits, memory: runtime.extract(state, [{ start: 0, end: 300 }]) });
    }
    for (const result of results.slice(1)) assert.deepEqual(result, results[0]);
  }));

  it('gives the rows of all logits that asking for each last one gives, bit for bit', () => withPack({}, async (runtime) => {
    const tokens = text(140);
    const all = Float32Array.from(await runtime.forward(runtime.createState(140), tokens, 0, 'all'));
    const state = runtime.createState(140);
    for (let i = 0; i < tokens.length; i++) {
      const row = await runtime.forward(state, tokens.subarray(i, i + 1), i, 'last');
      assert.deepEqual(row, all.subarray(i * tinyVocabulary, (i + 1) * tinyVocabulary));
    }
  }));

  it('forgets what is truncated: another continuation does not see it', () => withPack({}, async (runtime) => {
    const [prefix, wrong, right] = [text(10), text(5), text(5)];
    const state = runtime.createState(20);
    await runtime.forward(state, prefix, 0, 'none');
    await runtime.forward(state, wrong, 10, 'none');
    state.truncate(10);
    const after = Float32Array.from(await runtime.forward(state, right, 10, 'last'));
    const fresh = runtime.createState(20);
    await runtime.forward(fresh, prefix, 0, 'none');
    assert.deepEqual(after, Float32Array.from(await runtime.forward(fresh, right, 10, 'last')));
  }));

  it('answers no logits when none are asked for or no tokens given', () => withPack({}, async (runtime) => {
    const state = runtime.createState(8);
    assert.equal((await runtime.forward(state, text(3), 0, 'none')).length, 0);
    assert.equal((await runtime.forward(state, text(0), 3, 'last')).length, 0);
    assert.deepEqual(state.lengths, [3]);
  }));

  it('states its bytes, and they do not change', () => withPack({}, async (runtime) => {
    const state = runtime.createState(100);
    const expected = cpuStateBytes(layerGroups(runtime.manifest), [100]);
    assert.equal(expected, 101 * 2 * 2 * 2 * 16 * 4);
    assert.equal(state.bytes, expected);
    await runtime.forward(state, text(90), 0, 'none');
    assert.equal(state.bytes, expected);
  }));

  it('refuses what does not fit and changes nothing', () => withPack({}, async (runtime) => {
    const state = runtime.createState(8);
    await runtime.forward(state, text(5), 0, 'none');
    await assert.rejects(runtime.forward(state, text(4), 5, 'last'), RangeError);
    await assert.rejects(runtime.forward(state, Int32Array.of(tinyVocabulary), 5, 'last'), RangeError);
    await assert.rejects(runtime.forward(state, Int32Array.of(-1), 5, 'last'), RangeError);
    assert.throws(() => state.truncate(6), RangeError);
    assert.throws(() => runtime.createState(0), RangeError);
    assert.deepEqual(state.lengths, [5]);
    await runtime.forward(state, text(3), 5, 'last');
  }));

  it('refuses what does not fit in one group of layers, and changes no group', () => withPack({ layerShares: [2, 1] }, async (runtime) => {
    const state = runtime.createState([12, 8]);
    await runtime.forward(state, text(5), 0, 'none');
    const parts = runtime.extract(state, [{ start: 0, end: 5 }, { start: 0, end: 5 }]);
    await assert.rejects(runtime.forward(state, text(4), 5, 'last'), /4 tokens do not fit behind 5 of 8 slots/);
    assert.throws(() => runtime.insert(state, parts), /5 entries do not fit behind 5 of 8 slots/);
    assert.throws(() => runtime.compact(state, [
      { memory: { start: 0, end: 0 }, evicted: { start: 0, end: 5 }, keep: 2 }, { memory: { start: 0, end: 0 }, evicted: { start: 0, end: 6 }, keep: 2 },
    ]), RangeError);
    assert.throws(() => state.forget(6), RangeError);
    assert.throws(() => runtime.createState([12]), /2 groups of layers/);
    assert.deepEqual(state.lengths, [5, 5]);
    state.forget(2);
    assert.deepEqual(state.lengths, [3, 3]);
  }));

  it('refuses a graph that was emitted for other groups of layers', async () => {
    const directory = await temporaryDirectory();
    try {
      const manifest = await writeTinyPack(directory.path, { layerShares: [0.5, 1.5] });
      for (const memory of [undefined, { layerShares: [1, 1] }]) {
        await assert.rejects(CpuRuntime.load(directory.path, { ...manifest, memory }, 1), (error) => (
          error instanceof ProblemError && error.problem.code === 'model-corrupt' && /layerShares/.test(error.message)
        ));
      }
      await (await CpuRuntime.load(directory.path, { ...manifest, memory: { layerShares: [0.25, 3] } }, 1)).dispose();
    } finally {
      await directory.remove();
    }
  });

  it('refuses a disposed state', () => withPack({}, async (runtime) => {
    const state = runtime.createState(8);
    state.dispose();
    await assert.rejects(runtime.forward(state, text(1), 0, 'last'), /disposed/);
    assert.throws(() => runtime.extract(state, [{ start: 0, end: 0 }]), /disposed/);
  }));

  it('lets the event loop run between the parts of a long input', () => withPack({}, async (runtime) => {
    let turns = 0;
    const timer = setInterval(() => turns++, 0);
    await runtime.forward(runtime.createState(1200), text(1200), 0, 'none');
    clearInterval(timer);
    assert.ok(turns >= 3, `${turns} turns`);
  }));
});

describe('Loading a broken graph', () => {
  let directory: TemporaryDirectory;
  beforeEach(async () => {
    directory = await temporaryDirectory();
    await writeTinyPack(directory.path);
  });
  afterEach(() => directory.remove());

  it('names the graph when it is cut off', async () => {
    await truncate(join(directory.path, 'decoder.onnx'), 100);
    await assertCorrupt();
  });

  it('names the graph when a shard beside it is cut off', async () => {
    await truncate(join(directory.path, 'attention.bin'), 100);
    await assertCorrupt();
  });

  async function assertCorrupt(): Promise<void> {
    const manifest = await readManifest(directory.path);
    await assert.rejects(CpuRuntime.load(directory.path, manifest), (error) => {
      assert.ok(error instanceof ProblemError);
      assert.equal(error.problem.code, 'model-corrupt');
      assert.match(error.message, /decoder\.onnx/);
      return true;
    });
  }
});

function best(candidates: readonly ReferenceEntry[], k: number): ReferenceEntry[] {
  return [...candidates].sort((a, b) => b.score - a.score || b.source - a.source).slice(0, k).sort((a, b) => a.source - b.source);
}

/** What the runtime's cache holds, against the reference's entries. */
function assertStateMatches(runtime: CpuRuntime, state: ReturnType<CpuRuntime['createState']>, expected: ReferenceState): void {
  const [memory] = runtime.extract(state, state.lengths.map((end) => ({ start: 0, end })));
  expected.forEach((slots, row) => {
    slots.forEach((entry, slot) => {
      const i = row * memory.count + slot;
      const part = (array: Float32Array) => array.subarray(i * memory.headDim, (i + 1) * memory.headDim);
      assertClose(part(memory.keys), entry.key, 1e-3);
      assertClose(part(memory.values), entry.value, 1e-3);
      assertClose([memory.scores[i]], [entry.score], 1e-3);
      assert.equal(memory.sources[i], entry.source);
    });
  });
}
