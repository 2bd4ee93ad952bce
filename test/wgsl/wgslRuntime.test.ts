import assert from 'node:assert/strict';
import { mostLikely } from '../../src/engine/decode/sampler';
import type { Compaction, LogitRows, PerGroup, RuntimeState, SlotRange } from '../../src/engine/runtime';
import { difference } from './kernelRun';
import { noise } from '../unit/tinyModel';
import { useTinyRuntimes, type TinyRuntimes } from './tinyRuntimes';

/** Two different orders of summing: well above rounding, well below what a wrong index would make. */
const tolerance = 2e-5;

describe('the model on the GPU', () => {
  const runtimes = useTinyRuntimes();

  it('computes what the CPU computes, through prefill, compaction, merging, decoding and speculation', async () => {
    const both = new Both(runtimes(), 420);
    await both.forward(noise(4, 1), 0, 'none');
    await both.forward(noise(150, 2), 4, 'last');
    await both.forward(noise(20, 3), 154, 'last');
    await both.compare();
    // 48 of the oldest 110 stay; 64 tokens behind them move up.
    both.compact([{ memory: { start: 4, end: 4 }, evicted: { start: 4, end: 114 }, keep: 48 }]);
    await both.compare();
    await both.forward(noise(30, 4), 174, 'none');
    both.compact([{ memory: { start: 4, end: 52 }, evicted: { start: 60, end: 100 }, keep: 56 }]);
    await both.compare();

    const other = new Both(runtimes(), 100);
    await other.forward(noise(90, 5), 10_000, 'none');
    const [end] = both.onCpu.lengths;
    await both.insertFrom(other, [{ start: 4, end: 90 }], 32);
    await both.compare();
    both.compact([{ memory: { start: 4, end: 60 }, evicted: { start: end, end: end + 32 }, keep: 60 }]);
    await both.compare();

    for (const tokens of [1, 1, 4, 8, 16, 3]) await both.forward(noise(tokens, tokens), 204 + both.onCpu.lengths[0], 'all');
    both.forget(5);
    await both.forward(noise(5, 9), 300, 'all');
    await both.compare();
    other.dispose();
    both.dispose();
  });

  it('gives a token the same logits alone and among others, bit for bit', async () => {
    const { gpu } = runtimes();
    const tokens = noise(7, 3);
    const states = [gpu.createState(64), gpu.createState(64)];
    const { vocabulary } = gpu.manifest.geometry;
    const together = (await gpu.forward(states[0], tokens, 0, 'all')).slice();
    for (const [i, token] of tokens.entries()) {
      const alone = await gpu.forward(states[1], Int32Array.of(token), i, 'last');
      assert.deepEqual(alone, together.subarray(i * vocabulary, (i + 1) * vocabulary), `token ${i}`);
    }
    for (const state of states) state.dispose();
  });

  it('brings back the most likely token behind each, as the sampler would choose', async () => {
    const { gpu } = runtimes();
    const { vocabulary } = gpu.manifest.geometry;
    const tokens = noise(5, 11);
    const state = gpu.createState(64);
    const rows = (await gpu.forward(state, tokens, 0, 'all')).slice();
    state.truncate(0);
    const chosen = await gpu.forwardToMostLikely(state, tokens, 0, 'all');
    assert.deepEqual([...chosen], Array.from(tokens, (_, i) => mostLikely(rows.subarray(i * vocabulary, (i + 1) * vocabulary))));
    state.dispose();
  });

  it('keeps two states apart that run at the same time', async () => {
    const { gpu } = runtimes();
    const alone = gpu.createState(64);
    const expected = [];
    for (const seed of [1, 2]) {
      expected.push((await gpu.forward(alone, noise(6, seed), 0, 'all')).slice());
      alone.truncate(0);
    }
    const states = [gpu.createState(64), gpu.createState(64)];
    const found = await Promise.all(states.map((state, i) => gpu.forward(state, noise(6, i + 1), 0, 'all')));
    assert.deepEqual(found, expected);
    for (const state of [alone, ...states]) state.dispose();
  });

  it('refuses what does not fit or belongs elsewhere, and changes nothing then', async () => {
    const { gpu, cpu } = runtimes();
    const state = gpu.createState(8);
    await gpu.forward(state, noise(6), 0, 'none');
    await assert.rejects(gpu.forward(state, noise(3), 6, 'none'), RangeError);
    await assert.rejects(gpu.forward(state, Int32Array.of(-1), 6, 'none'), /vocabulary/);
    assert.throws(() => gpu.compact(state, [{ memory: { start: 0, end: 4 }, evicted: { start: 2, end: 6 }, keep: 2 }]), RangeError);
    assert.throws(() => gpu.compact(state, [{ memory: { start: 0, end: 0 }, evicted: { start: 2, end: 7 }, keep: 2 }]), RangeError);
    assert.throws(() => gpu.createState(1_000_000), RangeError);
    const stranger = cpu.createState(8);
    await assert.rejects(gpu.forward(stranger, noise(1), 0, 'none'), TypeError);
    assert.deepEqual(state.lengths, [6]);
    state.dispose();
    await assert.rejects(gpu.forward(state, noise(1), 0, 'none'), /disposed/);
    stranger.dispose();
  });
});

describe('the model on the GPU, its layers with shares of the memory of their own', () => {
  // Three groups, the second of two layers.
  const runtimes = useTinyRuntimes({ geometry: { layers: 4 }, layerShares: [0.5, 1.5, 1.5, 0] });
  const [small, large, none] = [24, 72, 0];

  it('computes what the CPU computes, with a slot of its own for a token in each group of layers', async () => {
    const both = new Both(runtimes(), [220, 280, 200]);
    await both.forward(noise(4, 1), 0, 'none');
    await both.forward(noise(150, 2), 4, 'last');
    const evicted = { start: 4, end: 114 };
    both.compact([small, large, none].map((keep) => ({ memory: { start: 4, end: 4 }, evicted, keep })));
    assert.deepEqual(both.onGpu.lengths, [68, 116, 44]);
    await both.compare();
    // Read in parts of several sizes: attention splits the slots of a large and of a small group differently.
    for (const tokens of [40, 1, 16, 3]) await both.forward(noise(tokens, tokens), 154 + tokens, 'all');
    both.compact([small, large, none].map((own) => ({ memory: { start: 4, end: 4 + own }, evicted: { start: 4 + own + 20, end: 4 + own + 60 }, keep: own })));
    await both.compare();

    const other = new Both(runtimes(), 100);
    await other.forward(noise(90, 5), 10_000, 'none');
    await both.insertFrom(other, [{ start: 4, end: 40 }, { start: 4, end: 90 }, { start: 4, end: 10 }], 32);
    await both.compare();
    for (const tokens of [1, 8]) await both.forward(noise(tokens, tokens), 300 + tokens, 'all');
    both.forget(5);
    await both.forward(noise(5, 9), 400, 'all');
    await both.compare();
    other.dispose();
    both.dispose();
  });

  it('refuses what does not fit in one group, and changes none', async () => {
    const { gpu } = runtimes();
    const state = gpu.createState([12, 12, 8]);
    await gpu.forward(state, noise(5), 0, 'none');
    await assert.rejects(gpu.forward(state, noise(4), 5, 'none'), /4 tokens do not fit behind 5 of 8 slots/);
    const memories = await gpu.extract(state, state.lengths.map((end) => ({ start: 0, end })));
    assert.throws(() => gpu.insert(state, memories), RangeError);
    assert.throws(() => gpu.compact(state, [5, 5, 6].map((end) => ({ memory: { start: 0, end: 0 }, evicted: { start: 0, end }, keep: 2 }))), RangeError);
    assert.throws(() => gpu.createState([12, 12]), /3 groups of layers/);
    assert.deepEqual(state.lengths, [5, 5, 5]);
    state.dispose();
  });
});

/** The same state on both devices; everything is done to both, and what comes back is compared. */
class Both {
  readonly onGpu: RuntimeState;
  readonly onCpu: RuntimeState;
  readonly gpu: TinyRuntimes['gpu'];
  private readonly cpu: TinyRuntimes['cpu'];

  constructor({ gpu, cpu }: TinyRuntimes, slots: number | PerGroup<number>) {
    this.gpu = gpu;
    this.cpu = cpu;
    this.onGpu = gpu.createState(slots);
    this.onCpu = cpu.createState(slots);
  }

  async forward(tokens: Int32Array, source: number, rows: LogitRows): Promise<void> {
    const found = await this.gpu.forward(this.onGpu, tokens, source, rows);
    const expected = await this.cpu.forward(this.onCpu, tokens, source, rows);
    assert.equal(found.length, expected.length);
    assert.ok(difference(found, expected) < tolerance, `${tokens.length} tokens: logits differ by ${difference(found, expected)}`);
  }

  compact(compactions: PerGroup<Compaction>): void {
    this.gpu.compact(this.onGpu, compactions);
    this.cpu.compact(this.onCpu, compactions);
  }

  /** Each device's own entries: the same token scores the same in one text and the other, and ties must stay ties. */
  async insertFrom(other: Both, ranges: PerGroup<SlotRange>, entries: number): Promise<void> {
    this.gpu.insert(this.onGpu, await this.gpu.extract(other.onGpu, ranges, entries));
    this.cpu.insert(this.onCpu, this.cpu.extract(other.onCpu, ranges, entries));
  }

  forget(count: number): void {
    this.onGpu.forget(count);
    this.onCpu.forget(count);
  }

  /** Everything that the states hold: the same tokens in the same places, and nearly the same numbers. */
  async compare(): Promise<void> {
    const { lengths } = this.onCpu;
    assert.deepEqual(this.onGpu.lengths, lengths);
    const ranges = lengths.map((end) => ({ start: 0, end }));
    const [onGpu, onCpu] = [await this.gpu.extract(this.onGpu, ranges), this.cpu.extract(this.onCpu, ranges)];
    for (const [group, expected] of onCpu.entries()) {
      const found = onGpu[group];
      assert.deepEqual([...found.sources], [...expected.sources]);
      for (const part of ['keys', 'values', 'scores'] as const) {
        assert.ok(difference(found[part], expected[part]) < tolerance, `${part} differ by ${difference(found[part], expected[part])}`);
      }
    }
  }

  dispose(): void {
    this.onGpu.dispose();
    this.onCpu.dispose();
  }
}
