import { join } from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import {
  checkCompaction, checkInsertion, compactCache, decoderNames, extractEntries, forEachHead, insertEntries, layerGroups, mergeGroups,
  type Compaction, type EntrySource, type LayerGroup, type Memory, type PerGroup, type SlotRange,
} from '../../../kernels';
import { ProblemError, type DeviceInfo } from '../../protocol';
import { restoreRemedy, type ModelManifest } from '../model';
import { CpuState } from './cpuState';
import { chooseThreads, processorName, sessionOptions } from './cpuSession';
import type { LogitRows, Runtime, RuntimeState } from './runtime';

/**
 * Most tokens of one run. Measured on two cores at 2,048 slots: 128 tokens cost 2.06 ms each, 256 cost 2.05, 64 cost 2.2;
 * scratch memory grows with the run, and the event loop gets its turn twice as often.
 */
const longestRun = 128;

/**
 * The decoder graph in ONNX Runtime on the CPU. A run blocks the JavaScript thread until it ends, so callers cut long
 * inputs into chunks; the event loop gets a turn before every run, and cancellation can arrive there.
 */
export class CpuRuntime implements Runtime {
  private readonly groups: PerGroup<LayerGroup>;

  private constructor(
    readonly manifest: ModelManifest,
    readonly device: DeviceInfo,
    private readonly session: InferenceSession,
  ) {
    this.groups = layerGroups(manifest);
  }

  /**
   * Loads the graph of a pack; ONNX Runtime takes the weights from the shards beside it.
   *
   * @param threads 0 chooses by the machine
   * @param noGpu why no GPU is used, where one was looked for
   * @throws ProblemError `model-corrupt` when the graph or its weights cannot be loaded, or it was emitted for other groups of layers
   */
  static async load(directory: string, manifest: ModelManifest, threads = 0, noGpu?: string): Promise<CpuRuntime> {
    const path = join(directory, manifest.graphs.decoder);
    const choice = chooseThreads(threads);
    try {
      const session = await InferenceSession.create(path, sessionOptions(choice.threads));
      if (!hasGroups(session, layerGroups(manifest))) {
        await session.release();
        throw new Error('the memory\'s layerShares in the manifest are not those that it was emitted for');
      }
      const reason = noGpu === undefined ? choice.reason : `${choice.reason} ${noGpu}`;
      return new CpuRuntime(manifest, { kind: 'cpu', name: processorName(), threads: choice.threads, reason }, session);
    } catch (error) {
      throw new ProblemError({
        code: 'model-corrupt',
        what: `The model's graph ${path} cannot be loaded (${error instanceof Error ? error.message : String(error)}).`,
        meaning: 'The graph or the weights beside it do not fit this version of the engine.',
        remedy: restoreRemedy,
      }, { cause: error });
    }
  }

  createState(slots: number | PerGroup<number>): RuntimeState {
    return new CpuState(this.manifest, typeof slots === 'number' ? this.groups.map(() => slots) : slots);
  }

  async forward(state: RuntimeState, tokens: Int32Array, source: number, logits: LogitRows): Promise<Float32Array> {
    const own = this.own(state);
    const before = own.lengths;
    checkRoom(own, own.caches.map(() => tokens.length), 'tokens');
    const { vocabulary } = this.manifest.geometry;
    const stranger = tokens.find((token) => token < 0 || token >= vocabulary);
    if (stranger !== undefined) throw new RangeError(`Token ${stranger} is not one of the ${vocabulary} of the vocabulary.`);
    const count = rowCount(tokens.length, logits);
    // One row more than is answered: where a run has a single row, it gets a copy behind it.
    const output = own.logitBuffer(count === 0 ? 0 : (count + 1) * vocabulary);
    try {
      for (let start = 0; start < tokens.length; start += longestRun) {
        const end = Math.min(start + longestRun, tokens.length);
        const rows = logits === 'last' && end < tokens.length ? 'none' : logits;
        const offset = logits === 'all' ? start * vocabulary : 0;
        await this.runPart(own, tokens.subarray(start, end), source + start, rows, output.subarray(offset));
      }
    } catch (error) {
      own.caches.forEach((cache, i) => { cache.length = Math.min(cache.length, before[i]); });
      throw error;
    }
    return output.subarray(0, count * vocabulary);
  }

  compact(state: RuntimeState, compactions: PerGroup<Compaction>): void {
    const { caches, table } = this.own(state);
    // All groups first, so that a refusal changes none.
    caches.forEach((cache, i) => checkCompaction(cache, compactions[i]));
    caches.forEach((cache, i) => compactCache(cache, table, compactions[i]));
  }

  extract(state: RuntimeState, ranges: PerGroup<SlotRange>, entries = Infinity, into?: PerGroup<Memory>): PerGroup<Memory> {
    const { caches, table } = this.own(state);
    return caches.map((cache, i) => extractEntries(cache, table, ranges[i], entries, into?.[i]));
  }

  insert(state: RuntimeState, memories: PerGroup<Memory>): void {
    const own = this.own(state);
    checkRoom(own, memories.map(({ count }) => count), 'entries');
    own.caches.forEach((cache, i) => checkInsertion(cache, memories[i]));
    own.caches.forEach((cache, i) => insertEntries(cache, own.table, memories[i]));
  }

  merge(memories: readonly EntrySource[], priors: readonly number[], entries: number): PerGroup<Memory> {
    return mergeGroups(memories, priors, this.groups, entries);
  }

  async dispose(): Promise<void> {
    await this.session.release();
  }

  /**
   * One run of the graph; `output` receives the logits, and a row more. A single token runs with a copy of itself behind
   * it, whose slot is then free again, and a single row of logits likewise: matrix products of one row take another path in
   * ONNX Runtime and round differently, on some processors more than on others, and with 8-bit activations that moves
   * logits by up to 0.5. From two rows on, a token's results do not depend on what runs beside it, bit for bit, so that
   * verifying proposals, typing on and reading afresh all write the same text.
   */
  private async runPart(state: CpuState, tokens: Int32Array, source: number, logits: LogitRows, output: Float32Array): Promise<void> {
    const { layers, keyValueHeads, vocabulary } = this.manifest.geometry;
    const padded = tokens.length === 1 ? Int32Array.of(tokens[0], tokens[0]) : tokens;
    const rows = logitRows(tokens.length, logits);
    const scores = new Float32Array(layers * keyValueHeads * padded.length);
    await this.run({
      ...state.feeds,
      [decoderNames.tokens]: new Tensor('int32', padded, [1, padded.length]),
      [decoderNames.logitRows]: new Tensor('int32', rows, [rows.length]),
      ...slotFeeds(state, padded.length),
    }, {
      ...state.fetches,
      [decoderNames.logits]: new Tensor('float32', output.subarray(0, rows.length * vocabulary), [1, rows.length, vocabulary]),
      [decoderNames.scores]: new Tensor('float32', scores, [layers, keyValueHeads, padded.length]),
    });
    state.checkUsable();
    for (const [i, cache] of state.caches.entries()) {
      const firstRow = state.groups[i].firstLayer * keyValueHeads;
      forEachHead(cache, (_layer, _head, row) => {
        const from = (firstRow + row) * padded.length;
        const target = row * cache.slots + cache.length;
        for (let token = 0; token < tokens.length; token++) {
          cache.scores[target + token] = scores[from + token];
          cache.sources[target + token] = source + token;
        }
      });
      cache.length += tokens.length;
    }
  }

  private async run(feeds: Record<string, Tensor>, fetches: Record<string, Tensor>): Promise<void> {
    try {
      await this.session.run(feeds, fetches);
    } catch (error) {
      throw new ProblemError({
        code: 'device-lost',
        what: `The model could not be run (${error instanceof Error ? error.message : String(error)}).`,
        meaning: 'This request has no answer, and the text read so far may have to be read again.',
        remedy: 'Restart the engine; if it happens again, the log says more.',
      }, { cause: error });
    }
  }

  private own(state: RuntimeState): CpuState {
    if (!(state instanceof CpuState)) throw new TypeError('The state belongs to another runtime.');
    state.checkUsable();
    return state;
  }
}

function rowCount(tokens: number, logits: LogitRows): number {
  return logits === 'all' ? tokens : Math.min(tokens, logits === 'last' ? 1 : 0);
}

/** The positions that get logits; one alone twice. */
function logitRows(tokens: number, logits: LogitRows): Int32Array {
  if (logits === 'none') return new Int32Array(0);
  const last = tokens - 1;
  return logits === 'last' || last === 0 ? Int32Array.of(last, last) : Int32Array.from({ length: tokens }, (_, i) => i);
}

/** Where a run of `tokens` ends in each group. */
function slotFeeds({ groups, caches }: CpuState, tokens: number): Record<string, Tensor> {
  return Object.fromEntries(groups.flatMap((group, i) => {
    const used = caches[i].length + tokens;
    return [
      [decoderNames.lastSlot(group), new Tensor('int32', Int32Array.of(used - 1), [1])],
      [decoderNames.slotsInUse(group), new Tensor('int32', Int32Array.of(used), [1])],
    ];
  }));
}

/** @throws RangeError when a group has too few free slots */
function checkRoom({ slots, lengths }: CpuState, counts: PerGroup<number>, what: string): void {
  const full = slots.findIndex((most, i) => lengths[i] + counts[i] > most);
  if (full >= 0) throw new RangeError(`${counts[full]} ${what} do not fit behind ${lengths[full]} of ${slots[full]} slots.`);
}

/** Whether a graph counts slots apart in just these groups. */
function hasGroups({ inputNames }: InferenceSession, groups: PerGroup<LayerGroup>): boolean {
  const expected = groups.map((group) => decoderNames.lastSlot(group));
  const found = inputNames.filter((name) => name.startsWith(expected[0]));
  return found.length === expected.length && expected.every((name) => found.includes(name));
}
