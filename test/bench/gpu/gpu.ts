import { execFileSync } from 'node:child_process';
import { entriesOf } from '../../../kernels';
import { BoundedCache } from '../../../src/engine/memory';
import { WgslRuntime, type RuntimeState } from '../../../src/engine/runtime';
import { codeTokens, secondsOf, type Bench } from '../bench';
import { median, printTable, type Row } from '../report';
import { comparePeer } from './peer';

export interface GpuOptions {
  /** Tokens of context, ascending. */
  readonly contexts: readonly number[];
}

/** Greedy tokens a measurement of writing takes, and how often each measurement is taken. */
const written = 64;
const repeats = 5;
/** Tokens of real code, repeated to reach longer contexts: what a bounded cache does takes no notice of what was dropped. */
const distinctTokens = 60_000;
const segments = 16;
const entriesPerSegment = 256;

/** The shaders on this machine's GPU. Tokens a second and milliseconds, medians; bytes as allocated. */
export async function gpu(bench: Bench, { contexts }: GpuOptions): Promise<object> {
  const tokens = await codeTokens(bench, Math.min(distinctTokens, contexts[contexts.length - 1]));
  const runtime = await WgslRuntime.load(bench.modelDirectory, bench.manifest, 'A benchmark.');
  try {
    const { adapter } = runtime.gpu;
    console.log(`${runtime.gpu.name} (${adapter.description}), K = ${bench.plan.entries}, W = ${bench.plan.window}${adapter.software ? '; the processor plays it: the times say nothing' : ''}`);
    const cache = await BoundedCache.create(runtime, bench.plan);
    const rows: Row[] = [];
    for (const context of contexts) {
      const filling = await fill(cache, tokens, context);
      rows.push({ context, 'reading': filling, ...await cache.read((_, state) => measure(runtime, state, tokens)), ...sensors() });
      console.log(`${context} tokens of context are done.`);
    }
    printTable(rows);
    const profiles = adapter.timestamps ? await cache.read((_, state) => profile(runtime, state, tokens)) : [];
    printTable(profiles);
    const merging = await mergeSegments(runtime, bench, tokens);
    const bytes = { weightsAndScratch: runtime.deviceBytes, keysAndValues: cache.bytes };
    console.log(`Merging ${segments} memories of ${entriesPerSegment}: ${merging.toFixed(2)} ms. Our buffers: ${JSON.stringify(bytes)}`);
    const peer = await comparePeer(bench, tokens, contexts, written);
    printTable(peer);
    cache.dispose();
    return { device: runtime.gpu.adapter, entries: bench.plan.entries, window: bench.plan.window, rows, profiles, merging, bytes, peer };
  } finally {
    await runtime.dispose();
  }
}

/** Streams code through the memory until `context` tokens were read. @returns tokens a second of the last chunks */
async function fill(cache: BoundedCache, tokens: Int32Array, context: number): Promise<number> {
  const { chunk } = cache.plan;
  const speeds: number[] = [];
  while (cache.text.length < context) {
    const start = cache.text.length % (tokens.length - chunk);
    const part = tokens.slice(start, start + Math.min(chunk, context - cache.text.length));
    const seconds = await secondsOf(async () => {
      await cache.append(part, 'none');
      if (cache.room <= 0) cache.evict();
    });
    if (part.length === chunk) speeds.push(chunk / seconds);
  }
  return speeds.length === 0 ? 0 : median(speeds.slice(-40));
}

/** Writing and verifying behind what the state holds; it is as before afterwards. */
async function measure(runtime: WgslRuntime, state: RuntimeState, tokens: Int32Array): Promise<Row> {
  const [length] = state.lengths;
  const timed = async (count: number, work: () => Promise<unknown>) => {
    const times: number[] = [];
    // The first compiles shaders and is not counted.
    for (let i = 0; i <= count; i++) {
      const seconds = await secondsOf(work);
      // Groups of layers differ in length, what was added does not.
      state.forget(state.lengths[0] - length);
      if (i > 0) times.push(1000 * seconds);
    }
    return median(times);
  };
  const verify = (count: number) => timed(4 * repeats, () => runtime.forwardToMostLikely(state, tokens.slice(0, count), 0, 'all'));
  const write = async (count: number) => {
    let last = tokens[0];
    for (let i = 0; i < count; i++) [last] = await runtime.forwardToMostLikely(state, Int32Array.of(last), i, 'last');
  };
  const writing = await timed(repeats, () => write(written));
  return {
    'writing': 1000 * written / writing,
    'with all logits': 1000 / await timed(4 * repeats, () => runtime.forward(state, tokens.slice(0, 1), 0, 'last')),
    'T=4, ms': await verify(4), 'T=8, ms': await verify(8), 'T=16, ms': await verify(16),
    'first token, ms': await timed(4 * repeats, () => runtime.forwardToMostLikely(state, tokens.slice(0, 4), 0, 'last')),
    '24 tokens, ms': await timed(repeats, async () => {
      await runtime.forwardToMostLikely(state, tokens.slice(0, 4), 0, 'last');
      await write(23);
    }),
    'dispatches': runtime.dispatchCount(state, 1, 1),
  };
}

async function profile(runtime: WgslRuntime, state: RuntimeState, tokens: Int32Array): Promise<Row[]> {
  const rows: Row[] = [];
  for (const { run, count, logits } of [{ run: 'one token', count: 1, logits: 1 }, { run: '16 tokens', count: 16, logits: 16 }, { run: '128 tokens', count: 128, logits: 0 }]) {
    await runtime.profile(state, tokens.slice(0, count), logits);
    const times = await runtime.profile(state, tokens.slice(0, count), logits);
    const total = times.reduce((sum, { nanoseconds }) => sum + nanoseconds, 0);
    for (const { kernel, calls, nanoseconds } of times) rows.push({ run, kernel, calls, microseconds: nanoseconds / 1000, '%': 100 * nanoseconds / total });
  }
  return rows;
}

/** Milliseconds to take the best K of so many memories, from the processor's memory into a cache. */
async function mergeSegments(runtime: WgslRuntime, { plan }: Bench, tokens: Int32Array): Promise<number> {
  const state = runtime.createState(Math.max(plan.slots, segments * entriesPerSegment));
  const part = Math.min(entriesPerSegment, tokens.length);
  await runtime.forward(state, tokens.slice(0, part), 0, 'none');
  const memory = await runtime.extract(state, state.lengths.map((end) => ({ start: 0, end })));
  const times: number[] = [];
  for (let i = 0; i <= repeats; i++) {
    state.truncate(0);
    const seconds = await secondsOf(async () => {
      for (let segment = 0; segment < segments; segment++) runtime.insert(state, memory);
      runtime.compact(state, state.groups.map((group, i) => (
        { memory: { start: 0, end: 0 }, evicted: { start: 0, end: state.lengths[i] }, keep: entriesOf(group, plan.entries) }
      )));
      await runtime.gpu.device.queue.onSubmittedWorkDone();
    });
    if (i > 0) times.push(1000 * seconds);
  }
  state.dispose();
  return median(times);
}

/** Power and memory of the whole card right after the work, where nvidia-smi tells. */
function sensors(): Row {
  try {
    const output = execFileSync('nvidia-smi', ['--query-gpu=power.draw,memory.used', '--format=csv,noheader,nounits'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
    const [watts, megabytes] = output.split('\n')[0].split(',').map(Number);
    return { watts, 'card, MiB': megabytes };
  } catch {
    return {};
  }
}
