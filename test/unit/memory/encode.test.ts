import assert from 'node:assert/strict';
import { entrySource, layerGroups, mergeMemories, shiftSources } from '../../../kernels';
import { SegmentEncoder, storedEntries } from '../../../src/engine/memory/encode';
import type { Memory } from '../../../src/engine/memory';
import { CpuRuntime, cpuStateBytes } from '../../../src/engine/runtime';
import { ReferenceModel, type ReferenceEntry, type ReferenceState } from '../../fixtures/referenceModel';
import { temporaryDirectory, type TemporaryDirectory } from '../../fixtures/temporaryDirectory';
import { writeTinyPack } from '../../fixtures/tinyPack';
import { noise } from '../tinyModel';

describe('Encoding segments', () => {
  const never = new AbortController().signal;
  let directory: TemporaryDirectory;
  let runtime: CpuRuntime;
  let reference: ReferenceModel;
  let encoder: SegmentEncoder;

  before(async () => {
    directory = await temporaryDirectory();
    const manifest = await writeTinyPack(directory.path, { arithmetic: 'float32' });
    runtime = await CpuRuntime.load(directory.path, manifest, 1);
    reference = new ReferenceModel(directory.path, manifest);
    encoder = await SegmentEncoder.create(runtime);
  });
  after(async () => {
    encoder.dispose();
    await runtime.dispose();
    await directory.remove();
  });

  /** What plain loops make of tokens behind the sink: all entries, the sink's first. */
  function referenceStateOf(tokens: Int32Array): ReferenceState {
    const state = reference.createState();
    reference.manifest.sinkTokens.forEach((token, i) => reference.forward(state, token, i));
    tokens.forEach((token, i) => reference.forward(state, token, i));
    return state;
  }
  const sink = () => reference.manifest.sinkTokens.length;

  it('keeps the best 256 entries of each layer and head, as a plain reference does', async () => {
    const tokens = noise(300, 4);
    const memory = await encoder.encode(tokens, never);
    assert.equal(memory.count, storedEntries);
    referenceStateOf(tokens).forEach((entries, row) => {
      assertEntries(memory, row, best(entries.slice(sink()), storedEntries));
    });
  });

  it('does not depend on what was encoded before', async () => {
    const alone = await encoder.encode(noise(70, 5), never);
    await encoder.encode(noise(200, 6), never);
    assert.deepEqual(await encoder.encode(noise(70, 5), never), alone);
  });

  it('keeps every entry of a segment with fewer tokens than that', async () => {
    const memory = await encoder.encode(noise(5), never);
    assert.equal(memory.count, 5);
    assert.deepEqual([...memory.sources.slice(0, 5)], [0, 1, 2, 3, 4]);
  });

  it('makes an empty memory of no tokens, which changes nothing where it is merged', async () => {
    const empty = await encoder.encode(new Int32Array(0), never);
    assert.equal(empty.count, 0);
    const memory = await encoder.encode(noise(40), never);
    assert.deepEqual(mergeMemories([memory, empty], [0, -1], 100), memory);
  });

  it('takes a segment of 1,020 tokens and refuses one token more', async () => {
    assert.equal((await encoder.encode(noise(1020), never)).count, storedEntries);
    await assert.rejects(encoder.encode(noise(1021), never), RangeError);
  });

  it('stops between two runs when it is aborted, and encodes the next segment right', async () => {
    const expected = await encoder.encode(noise(90, 8), never);
    const controller = new AbortController();
    setImmediate(() => controller.abort());
    await assert.rejects(encoder.encode(noise(1000, 9), controller.signal), (error) => error === controller.signal.reason);
    assert.deepEqual(await encoder.encode(noise(90, 8), never), expected);
  });

  it('encodes several that are asked for at once as one after the other', async () => {
    const segments = [noise(300, 4), noise(200, 5), noise(150, 6)];
    const alone: Memory[] = [];
    for (const segment of segments) alone.push(await encoder.encode(segment, never));
    assert.deepEqual(await Promise.all(segments.map((segment) => encoder.encode(segment, never))), alone);
  });

  it('holds a state of its own whose bytes are known beforehand', () => {
    assert.equal(encoder.bytes, cpuStateBytes(layerGroups(runtime.manifest), [sink() + 1020]));
  });

  it('is read by attention as if only the kept entries had ever been there, merged under priors', async () => {
    const texts = [noise(60, 11), noise(45, 12)];
    const priors = [-0.25, 0.125];
    const memories = await encodeAll(texts);
    const state = runtime.createState(80);
    await runtime.forward(state, Int32Array.from(reference.manifest.sinkTokens), 0, 'none');
    runtime.insert(state, runtime.merge(memories.map(entrySource), priors, 32));
    const logits = await runtime.forward(state, Int32Array.of(65), 5000, 'last');

    const states = texts.map(referenceStateOf);
    const expected = states[0].map((entries, row) => [
      ...entries.slice(0, sink()),
      ...best(states.flatMap((one, i) => one[row].slice(sink()).map((entry) => (
        { ...entry, score: entry.score + priors[i], source: entry.source + 1024 * i }
      ))), 32),
    ]);
    assertClose(logits, reference.forward(expected, 65, 5000), 1e-3);
    state.dispose();
  });

  async function encodeAll(texts: readonly Int32Array[]): Promise<Memory[]> {
    const memories: Memory[] = [];
    for (const [i, text] of texts.entries()) memories.push(shiftSources(await encoder.encode(text, never), 1024 * i));
    return memories;
  }
});

function best(entries: readonly ReferenceEntry[], count: number): ReferenceEntry[] {
  return [...entries].sort((a, b) => b.score - a.score || b.source - a.source).slice(0, count).sort((a, b) => a.source - b.source);
}

function assertEntries(memory: Memory, row: number, expected: readonly ReferenceEntry[]): void {
  const { count, headDim } = memory;
  assert.equal(count, expected.length);
  expected.forEach(({ key, value, score, source }, i) => {
    const entry = row * count + i;
    assert.equal(memory.sources[entry], source);
    assertClose([memory.scores[entry]], [score], 1e-3);
    assertClose(memory.keys.subarray(entry * headDim, (entry + 1) * headDim), key, 1e-3);
    assertClose(memory.values.subarray(entry * headDim, (entry + 1) * headDim), value, 1e-3);
  });
}

function assertClose(actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance: number): void {
  assert.equal(actual.length, expected.length);
  for (let i = 0; i < actual.length; i++) {
    assert.ok(Math.abs(actual[i] - expected[i]) <= tolerance, `number ${i}: ${actual[i]} against ${expected[i]}`);
  }
}
