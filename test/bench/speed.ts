import { createSampler, generate, longestRun, Lookup, RequiredText, Speculation } from '../../src/engine/decode';
import { BoundedCache } from '../../src/engine/memory';
import { CpuRuntime } from '../../src/engine/runtime';
import { codeTokens, secondsOf, type Bench } from './bench';
import { obtainBase } from './peer/base';
import { startPeer, type Peer } from './peer/llama';
import { median, printTable, type Row } from './report';

/** Tokens of context at which speeds are taken. */
const depths = [1024, 2048, 4096, 8192, 16_384];
/** So many of the last chunks before a depth are timed one by one, ours and the peer's in turn. */
const timedChunks = 8;
/** Written behind each timed chunk, from there on greedily. */
const written = 48;

/**
 * Prefill and decode by depth of context, interleaved with llama.cpp on the same base weights. Tokens a second: the median chunk's,
 * and of all that was written, since how often a guess is right differs from place to place.
 */
export async function speed(bench: Bench): Promise<object> {
  const deepest = depths[depths.length - 1];
  const tokens = await codeTokens(bench, deepest);
  const gguf = obtainBase(bench.root, bench.cacheDirectory);
  const runtime = await CpuRuntime.load(bench.modelDirectory, bench.manifest, bench.threads);
  const cache = await BoundedCache.create(runtime, bench.plan);
  await using peer = await startPeer(bench.cacheDirectory, gguf, deepest + 512, runtime.device.threads);
  console.log(`Ours: K=${bench.plan.entries}, W=${bench.plan.window}, ${runtime.device.threads} threads. Peer: ${peer.description}.`);
  const writer = new Writer(bench, cache);
  const rows: Row[] = [];
  for (const depth of depths) {
    rows.push(await atDepth(depth, tokens, cache, writer, peer));
    // The deeper ones take minutes each: what is known is said.
    printTable(rows.slice(-1));
  }
  printTable(rows);
  cache.dispose();
  await runtime.dispose();
  return { entries: bench.plan.entries, window: bench.plan.window, peer: peer.description, rows };
}

/** Reads on to `depth`, timing the last chunks, and writes a little behind each of them. */
async function atDepth(depth: number, tokens: Int32Array, cache: BoundedCache, writer: Writer, peer: Peer): Promise<Row> {
  const { chunk } = cache.plan;
  const prefill = { ours: [] as number[], peer: [] as number[] };
  const seconds = { plain: 0, lookup: 0, peer: 0 };
  let places = 0;
  let accepted = 0;
  let identical = true;
  while (cache.text.length < depth) {
    const start = cache.text.length;
    const part = tokens.slice(start, start + chunk);
    const ours = await secondsOf(() => readChunk(cache, part));
    const theirs = await secondsOf(() => peer.prefill([...part]));
    if (start < depth - timedChunks * chunk) continue;
    prefill.ours.push(chunk / ours);
    prefill.peer.push(chunk / theirs);
    const plain = await writer.write(false);
    seconds.plain += plain.seconds;
    seconds.peer += await peerSeconds(peer, start + chunk - 1, part[chunk - 1]);
    const quick = await writer.write(true);
    seconds.lookup += quick.seconds;
    places++;
    accepted += quick.accepted;
    identical &&= plain.tokens.join() === quick.tokens.join();
  }
  const prefills = { ours: median(prefill.ours), peer: median(prefill.peer) };
  const count = places * written;
  const decodes = { plain: count / seconds.plain, lookup: count / seconds.lookup, peer: count / seconds.peer };
  return {
    context: depth,
    prefill: prefills.ours,
    'llama.cpp prefill': prefills.peer,
    'prefill ratio': prefills.ours / prefills.peer,
    decode: decodes.plain,
    'with lookup': decodes.lookup,
    'llama.cpp decode': decodes.peer,
    'decode ratio': decodes.plain / decodes.peer,
    'lookup ratio': decodes.lookup / decodes.peer,
    'accepted %': (100 * accepted) / count,
    'identical to greedy': identical ? 'yes' : 'no',
  };
}

/** The time of writing behind `length` tokens and `last`; leaves the peer where it was, `last` read. */
async function peerSeconds(peer: Peer, length: number, last: number): Promise<number> {
  await peer.truncate(length);
  let count = 0;
  const seconds = await secondsOf(async () => { count = (await peer.decode([last], written)).length; });
  await peer.prefill([last]);
  // It may stop by itself.
  return seconds * written / count;
}

async function readChunk(cache: BoundedCache, part: Int32Array): Promise<void> {
  if (cache.room === 0) cache.evict();
  await cache.append(part, 'none');
}

/** Writes greedily behind what the cache holds and takes it back. */
class Writer {
  constructor(private readonly bench: Bench, private readonly cache: BoundedCache) {}

  async write(withLookup: boolean) {
    const { cache } = this;
    if (cache.room < written) cache.evict();
    const before = cache.text.length - 1;
    const last = cache.text[before];
    const text = Int32Array.from(cache.text);
    cache.truncate(before);
    const tokens: number[] = [];
    let accepted = 0;
    const seconds = await secondsOf(async () => {
      const lookup = withLookup ? new Lookup(text, new Int32Array(0), written + longestRun) : undefined;
      for await (const { token, origin } of generate(cache, { pending: Int32Array.of(last) }, this.options(lookup))) {
        tokens.push(token);
        if (origin === 'accepted') accepted++;
        if (tokens.length === written) break;
      }
    });
    cache.truncate(before);
    await cache.append(Int32Array.of(last), 'none');
    return { seconds, tokens, accepted };
  }

  private options(lookup: Lookup | undefined) {
    const nothing = new Int32Array(0);
    return {
      sampler: createSampler({ temperature: 0, topP: 1 }),
      required: new RequiredText(nothing, 0, this.bench.tokenizer.vocabulary),
      speculation: new Speculation(nothing, lookup),
      ends: () => false,
      signal: new AbortController().signal,
    };
  }
}
