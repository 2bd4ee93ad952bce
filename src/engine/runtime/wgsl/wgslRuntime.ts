import { mergeMemories, type Compaction, type Memory, type SlotRange } from '../../../../kernels';
import { largestParts } from '../../../../kernels/wgsl';
import type { DeviceInfo } from '../../../protocol';
import type { ModelManifest } from '../../model';
import type { LogitRows, Runtime, RuntimeState } from '../runtime';
import { Buffers } from './buffers';
import { CacheMoves } from './cacheMoves';
import { DecoderKernels } from './decoderKernels';
import { DecoderRun } from './decoderRun';
import { Gpu, lost } from './gpu';
import { Pipelines } from './pipelines';
import { profileDispatches, type KernelTime } from './profile';
import { mapForReading } from './readBack';
import { allocateScratch, capacity, mostRows, type Scratch } from './scratch';
import { uploadWeights, type Weights } from './weights';
import { WgslState } from './wgslState';

/**
 * The decoder in shaders of our own (`kernels/wgsl`) on Dawn. Weights, cache and all choices of the memory stay on the
 * device; what comes back is logits, or less. A run does not block the JavaScript thread.
 */
export class WgslRuntime implements Runtime {
  private readonly pipelines: Pipelines;
  private readonly decoder: DecoderRun;
  private readonly moves: CacheMoves;
  private readonly logits: GPUBuffer;
  private readonly best: GPUBuffer;
  /** Runs take turns: scratch and readback serve one at a time. */
  private turn: Promise<unknown> = Promise.resolve();
  private fault: GPUError | undefined;

  private constructor(
    readonly manifest: ModelManifest,
    readonly device: DeviceInfo,
    readonly gpu: Gpu,
    private readonly buffers: Buffers,
    weights: Weights,
    private readonly scratch: Scratch,
  ) {
    const { geometry } = manifest;
    this.pipelines = new Pipelines(gpu.device);
    this.decoder = new DecoderRun(geometry, weights, scratch, new DecoderKernels(geometry, weights, { subgroups: gpu.adapter.subgroupSize === 32 }), this.pipelines);
    this.moves = new CacheMoves(gpu, geometry, scratch, this.pipelines, buffers);
    this.logits = buffers.readback('logits', mostRows * geometry.vocabulary * 4);
    this.best = buffers.readback('best', mostRows * largestParts * 8);
    gpu.device.onuncapturederror = ({ error }) => { this.fault ??= error; };
  }

  /**
   * Opens the GPU and copies the weights to it.
   *
   * @param reason why the GPU was chosen
   * @throws ProblemError `device-unavailable`, or `device-lost` when it has too little memory
   */
  static async load(directory: string, manifest: ModelManifest, reason: string): Promise<WgslRuntime> {
    const gpu = await Gpu.open();
    const buffers = new Buffers(gpu);
    try {
      const weights = await uploadWeights(gpu, buffers, directory, manifest);
      const scratch = allocateScratch(buffers, manifest.geometry, gpu.device);
      const runtime = new WgslRuntime(manifest, { kind: 'wgsl', name: gpu.name, threads: 0, reason }, gpu, buffers, weights, scratch);
      await buffers.ready();
      return runtime;
    } catch (error) {
      buffers.dispose();
      gpu.dispose();
      throw error;
    }
  }

  /** Bytes of weights and scratch on the device. */
  get deviceBytes(): number {
    return this.buffers.bytes;
  }

  createState(slots: number): WgslState {
    return new WgslState(this.gpu, this.manifest.geometry, slots);
  }

  async forward(state: RuntimeState, tokens: Int32Array, source: number, logits: LogitRows): Promise<Float32Array> {
    const { vocabulary } = this.manifest.geometry;
    const own = this.own(state);
    const output = own.logitBuffer(rowsOf(tokens.length, logits) * vocabulary);
    let done = 0;
    await this.inParts(own, tokens, source, logits, false, async (rows) => {
      await this.read(this.logits, rows * vocabulary * 4, (bytes) => output.set(new Float32Array(bytes), done * vocabulary));
      done += rows;
    });
    return output;
  }

  /** As {@link forward} with all rows, but only the most likely token behind each comes back; of equal ones the first. */
  async forwardToMostLikely(state: RuntimeState, tokens: Int32Array, source: number): Promise<Int32Array> {
    const chosen: number[] = [];
    await this.inParts(this.own(state), tokens, source, 'all', true, async (rows) => {
      await this.read(this.best, rows * largestParts * 8, (bytes) => chosen.push(...bestOfParts(bytes)));
    });
    return Int32Array.from(chosen);
  }

  compact(state: RuntimeState, compaction: Compaction): void {
    this.moves.compact(this.own(state), compaction);
  }

  async extract(state: RuntimeState, range: SlotRange, entries = range.end - range.start): Promise<Memory> {
    return this.moves.extract(this.own(state), range, entries);
  }

  insert(state: RuntimeState, memory: Memory): void {
    const own = this.own(state);
    const { layers, keyValueHeads, headDim } = this.manifest.geometry;
    if (memory.layers !== layers || memory.keyValueHeads !== keyValueHeads || memory.headDim !== headDim) {
      throw new RangeError('The memory was computed by a model of another geometry.');
    }
    if (own.length + memory.count > own.slots) {
      throw new RangeError(`${memory.count} entries do not fit behind ${own.length} of ${own.slots} slots.`);
    }
    this.moves.insert(own, memory);
  }

  /** Of memories that lie with the processor; in the cache, inserting and compacting merges on the device. */
  merge(memories: readonly Memory[], priors: readonly number[], entries: number): Memory {
    return mergeMemories(memories, priors, entries);
  }

  async dispose(): Promise<void> {
    await this.turn.catch(() => undefined);
    this.buffers.dispose();
    this.gpu.dispose();
  }

  /** Where the time of a run goes, kernel by kernel, without keeping what it writes. @throws Error where there are no timestamps */
  async profile(state: RuntimeState, tokens: Int32Array, rows: number): Promise<KernelTime[]> {
    const own = this.own(state);
    await this.turn.catch(() => undefined);
    const run = { tokens: tokens.length, first: own.length, source: 0, rows };
    const { queue } = this.gpu.device;
    queue.writeBuffer(this.scratch.step, 0, this.decoder.step(run, own.slots));
    queue.writeBuffer(this.scratch.ids, 0, tokens);
    return profileDispatches(this.gpu, this.pipelines, this.decoder.dispatches(own, run, rows > 0));
  }

  /** Dispatches of a run of `tokens` behind what a state holds. */
  dispatchCount(state: RuntimeState, tokens: number, rows: number): number {
    const own = this.own(state);
    return this.decoder.dispatches(own, { tokens, first: own.length, source: 0, rows }, rows > 0).length;
  }

  /** Runs all tokens, as many at once as may be; `collect` is called behind each run that has rows of logits. */
  private async inParts(
    state: WgslState, tokens: Int32Array, source: number, logits: LogitRows, largest: boolean, collect: (rows: number) => Promise<void>,
  ): Promise<void> {
    const first = state.length;
    if (first + tokens.length > state.slots) throw new RangeError(`${tokens.length} tokens do not fit behind ${first} of ${state.slots} slots.`);
    const { vocabulary } = this.manifest.geometry;
    const stranger = tokens.find((token) => token < 0 || token >= vocabulary);
    if (stranger !== undefined) throw new RangeError(`Token ${stranger} is not one of the ${vocabulary} of the vocabulary.`);
    const before = this.turn;
    const work = (async () => {
      await before.catch(() => undefined);
      await state.ready();
      const most = logits === 'all' ? mostRows : capacity;
      try {
        for (let start = 0; start < tokens.length; start += most) {
          const part = tokens.subarray(start, start + most);
          const last = start + part.length === tokens.length;
          const rows = logits === 'last' && !last ? 0 : rowsOf(part.length, logits);
          this.submit(state, part, source + start, rows, largest);
          if (rows > 0) await collect(rows);
          else await this.settled();
        }
      } catch (error) {
        state.length = Math.min(state.length, first);
        throw error;
      }
    })();
    this.turn = work;
    await work;
  }

  private submit(state: WgslState, tokens: Int32Array, source: number, rows: number, largest: boolean): void {
    this.gpu.checkPresent();
    state.checkUsable();
    const { device } = this.gpu;
    const run = { tokens: tokens.length, first: state.length, source, rows };
    device.queue.writeBuffer(this.scratch.step, 0, this.decoder.step(run, state.slots));
    device.queue.writeBuffer(this.scratch.ids, 0, tokens);
    const encoder = device.createCommandEncoder();
    const pass = encoder.beginComputePass();
    this.pipelines.encode(pass, this.decoder.dispatches(state, run, largest));
    pass.end();
    const { vocabulary } = this.manifest.geometry;
    if (rows > 0 && largest) encoder.copyBufferToBuffer(this.scratch.best, 0, this.best, 0, rows * largestParts * 8);
    else if (rows > 0) encoder.copyBufferToBuffer(this.scratch.logits, 0, this.logits, 0, rows * vocabulary * 4);
    device.queue.submit([encoder.finish()]);
    state.length += tokens.length;
  }

  private async read(buffer: GPUBuffer, bytes: number, use: (bytes: ArrayBuffer) => void): Promise<void> {
    await mapForReading(this.gpu, buffer);
    this.checkFaultless();
    use(buffer.getMappedRange(0, bytes));
    buffer.unmap();
  }

  /** Waits for the device, so that cancelling finds no long queue. */
  private async settled(): Promise<void> {
    await this.gpu.device.queue.onSubmittedWorkDone();
    this.gpu.checkPresent();
    this.checkFaultless();
  }

  private checkFaultless(): void {
    if (this.fault !== undefined) throw lost(`The GPU ${this.gpu.name} refused a run (${this.fault.message}).`);
  }

  private own(state: RuntimeState): WgslState {
    if (!(state instanceof WgslState)) throw new TypeError('The state belongs to another runtime.');
    state.checkUsable();
    return state;
  }
}

function rowsOf(tokens: number, logits: LogitRows): number {
  return logits === 'all' ? tokens : Math.min(tokens, logits === 'last' ? 1 : 0);
}

/** One token a row, from `[rows, parts]` of (bits of the logit, token). */
function bestOfParts(bytes: ArrayBuffer): number[] {
  const values = new Float32Array(bytes);
  const tokens = new Int32Array(bytes);
  return Array.from({ length: values.length / 2 / largestParts }, (_, row) => {
    let best = row * largestParts;
    for (let i = best + 1; i < (row + 1) * largestParts; i++) if (values[2 * i] > values[2 * best]) best = i;
    return tokens[2 * best + 1];
  });
}
