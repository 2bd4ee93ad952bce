import {
  checkCompaction, checkInsertion, checkRange, layerGroups, mergeGroups, type Compaction, type EntrySource, type LayerGroup, type Memory, type PerGroup,
  type SlotRange,
} from '../../../../kernels';
import { largestParts } from '../../../../kernels/wgsl';
import type { DeviceInfo } from '../../../protocol';
import type { ModelManifest } from '../../model';
import type { LogitRows, Runtime, RuntimeState } from '../runtime';
import { Buffers } from './buffers';
import { CacheMoves } from './cacheMoves';
import { DecoderKernels } from './decoderKernels';
import { DecoderRun, type Run } from './decoderRun';
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
  private readonly groups: PerGroup<LayerGroup>;
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
    this.groups = layerGroups(manifest);
    this.pipelines = new Pipelines(gpu.device);
    const kernels = new DecoderKernels(geometry, this.groups, weights, { subgroups: gpu.adapter.subgroupSize === 32 });
    this.decoder = new DecoderRun(geometry, this.groups, weights, scratch, kernels, this.pipelines);
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
      const scratch = allocateScratch(buffers, manifest, gpu.device);
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

  createState(slots: number | PerGroup<number>): WgslState {
    return new WgslState(this.gpu, this.manifest, typeof slots === 'number' ? this.groups.map(() => slots) : slots);
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

  async forwardToMostLikely(state: RuntimeState, tokens: Int32Array, source: number, logits: Exclude<LogitRows, 'none'>): Promise<Int32Array> {
    const chosen: number[] = [];
    await this.inParts(this.own(state), tokens, source, logits, true, async (rows) => {
      await this.read(this.best, rows * largestParts * 8, (bytes) => chosen.push(...bestOfParts(bytes)));
    });
    return Int32Array.from(chosen);
  }

  compact(state: RuntimeState, compactions: PerGroup<Compaction>): void {
    const { caches } = this.own(state);
    // All groups first, so that a refusal changes none.
    caches.forEach((cache, i) => checkCompaction(cache, compactions[i]));
    caches.forEach((cache, i) => this.moves.compact(cache, compactions[i]));
  }

  async extract(state: RuntimeState, ranges: PerGroup<SlotRange>, entries = Infinity): Promise<PerGroup<Memory>> {
    const { caches } = this.own(state);
    caches.forEach((cache, i) => checkRange(cache, ranges[i]));
    // All are enqueued before one comes back, so they belong to one moment.
    return Promise.all(caches.map((cache, i) => this.moves.extract(cache, ranges[i], entries)));
  }

  insert(state: RuntimeState, memories: PerGroup<Memory>): void {
    const { caches } = this.own(state);
    caches.forEach((cache, i) => checkInsertion(cache, memories[i]));
    caches.forEach((cache, i) => this.moves.insert(cache, memories[i]));
  }

  /** Of memories that lie with the processor; in the cache, inserting and compacting merges on the device. */
  merge(memories: readonly EntrySource[], priors: readonly number[], entries: number): PerGroup<Memory> {
    return mergeGroups(memories, priors, this.groups, entries);
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
    const run = { tokens: tokens.length, firsts: own.lengths, source: 0, rows };
    this.writeInputs(run, own, tokens);
    return profileDispatches(this.gpu, this.pipelines, this.decoder.dispatches(own, run, rows > 0));
  }

  /** Dispatches of a run of `tokens` behind what a state holds. */
  dispatchCount(state: RuntimeState, tokens: number, rows: number): number {
    const own = this.own(state);
    return this.decoder.dispatches(own, { tokens, firsts: own.lengths, source: 0, rows }, rows > 0).length;
  }

  /** Runs all tokens, as many at once as may be; `collect` is called behind each run that has rows of logits. */
  private async inParts(
    state: WgslState, tokens: Int32Array, source: number, logits: LogitRows, largest: boolean, collect: (rows: number) => Promise<void>,
  ): Promise<void> {
    const firsts = state.lengths;
    const full = state.slots.findIndex((most, i) => firsts[i] + tokens.length > most);
    if (full >= 0) throw new RangeError(`${tokens.length} tokens do not fit behind ${firsts[full]} of ${state.slots[full]} slots.`);
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
        state.caches.forEach((cache, i) => { cache.length = Math.min(cache.length, firsts[i]); });
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
    const run = { tokens: tokens.length, firsts: state.lengths, source, rows };
    this.writeInputs(run, state, tokens);
    const encoder = device.createCommandEncoder();
    const pass = encoder.beginComputePass();
    this.pipelines.encode(pass, this.decoder.dispatches(state, run, largest));
    pass.end();
    const { vocabulary } = this.manifest.geometry;
    if (rows > 0 && largest) encoder.copyBufferToBuffer(this.scratch.best, 0, this.best, 0, rows * largestParts * 8);
    else if (rows > 0) encoder.copyBufferToBuffer(this.scratch.logits, 0, this.logits, 0, rows * vocabulary * 4);
    device.queue.submit([encoder.finish()]);
    for (const cache of state.caches) cache.length += tokens.length;
  }

  private writeInputs(run: Run, { slots }: WgslState, tokens: Int32Array): void {
    const { queue } = this.gpu.device;
    this.decoder.steps(run, slots).forEach((step, group) => queue.writeBuffer(this.scratch.steps[group], 0, step));
    queue.writeBuffer(this.scratch.ids, 0, tokens);
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
