import { join } from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import {
  compactCache, decoderNames, extractEntries, forEachHead, insertEntries, mergeMemories, type Compaction, type Memory, type SlotRange,
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
  private constructor(
    readonly manifest: ModelManifest,
    readonly device: DeviceInfo,
    private readonly session: InferenceSession,
  ) {}

  /**
   * Loads the graph of a pack; ONNX Runtime takes the weights from the shards beside it.
   *
   * @param threads 0 chooses by the machine
   * @param noGpu why no GPU is used, where one was looked for
   * @throws ProblemError `model-corrupt` when the graph or its weights cannot be loaded
   */
  static async load(directory: string, manifest: ModelManifest, threads = 0, noGpu?: string): Promise<CpuRuntime> {
    const path = join(directory, manifest.graphs.decoder);
    const choice = chooseThreads(threads);
    try {
      const session = await InferenceSession.create(path, sessionOptions(choice.threads));
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

  createState(slots: number): RuntimeState {
    return new CpuState(this.manifest.geometry, slots);
  }

  async forward(state: RuntimeState, tokens: Int32Array, source: number, logits: LogitRows): Promise<Float32Array> {
    const own = this.own(state);
    const { cache } = own;
    const first = cache.length;
    if (first + tokens.length > state.slots) {
      throw new RangeError(`${tokens.length} tokens do not fit behind ${first} of ${state.slots} slots.`);
    }
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
      cache.length = Math.min(cache.length, first);
      throw error;
    }
    return output.subarray(0, count * vocabulary);
  }

  compact(state: RuntimeState, compaction: Compaction): void {
    const { cache, table } = this.own(state);
    compactCache(cache, table, compaction);
  }

  extract(state: RuntimeState, range: SlotRange, entries = range.end - range.start, into?: Memory): Memory {
    const { cache, table } = this.own(state);
    return extractEntries(cache, table, range, entries, into);
  }

  insert(state: RuntimeState, memory: Memory): void {
    const { cache, table } = this.own(state);
    if (cache.length + memory.count > state.slots) {
      throw new RangeError(`${memory.count} entries do not fit behind ${cache.length} of ${state.slots} slots.`);
    }
    insertEntries(cache, table, memory);
  }

  merge(memories: readonly Memory[], priors: readonly number[], entries: number): Memory {
    return mergeMemories(memories, priors, entries);
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
    const { cache } = state;
    const { vocabulary } = this.manifest.geometry;
    const first = cache.length;
    const padded = tokens.length === 1 ? Int32Array.of(tokens[0], tokens[0]) : tokens;
    const used = first + padded.length;
    const rows = logitRows(tokens.length, logits);
    const scores = new Float32Array(cache.layers * cache.keyValueHeads * padded.length);
    await this.run({
      ...state.feeds,
      [decoderNames.tokens]: new Tensor('int32', padded, [1, padded.length]),
      [decoderNames.logitRows]: new Tensor('int32', rows, [rows.length]),
      [decoderNames.lastSlot]: new Tensor('int32', Int32Array.of(used - 1), [1]),
      [decoderNames.slotsInUse]: new Tensor('int32', Int32Array.of(used), [1]),
    }, {
      ...state.fetches,
      [decoderNames.logits]: new Tensor('float32', output.subarray(0, rows.length * vocabulary), [1, rows.length, vocabulary]),
      [decoderNames.scores]: new Tensor('float32', scores, [cache.layers, cache.keyValueHeads, padded.length]),
    });
    state.checkUsable();
    forEachHead(cache, (_layer, _head, row) => {
      const target = row * cache.slots + first;
      for (let i = 0; i < tokens.length; i++) {
        cache.scores[target + i] = scores[row * padded.length + i];
        cache.sources[target + i] = source + i;
      }
    });
    cache.length = first + tokens.length;
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
