import { layerGroups } from '../../kernels';
import { BoundedCache, checkpointShapes, CheckpointStore, LiveContext, type MemoryPlan, type SegmentMemories } from '../../src/engine/memory';
import { Tokenizer, type ModelManifest } from '../../src/engine/model';
import { CpuRuntime } from '../../src/engine/runtime';
import { temporaryDirectory, type TemporaryDirectory } from '../fixtures/temporaryDirectory';
import { writeTinyPack, type TinyPackOptions } from '../fixtures/tinyPack';

/** Small enough that a few hundred tokens fill everything. */
export const tinyPlan: MemoryPlan = {
  entries: 48, window: 64, chunk: 32, suffix: 32, slots: 4 + 48 + 3 + 32 + 64 + 32 + 136,
  keyValueBytes: 0, readAheadBytes: 0, checkpoints: 3, checkpointBytes: 0, segments: 6, segmentBytes: 0,
};

export interface TinyModel {
  readonly directory: string;
  readonly manifest: ModelManifest;
  readonly runtime: CpuRuntime;
  readonly tokenizer: Tokenizer;
  cache(plan?: Partial<MemoryPlan>): Promise<BoundedCache>;
  checkpoints(plan?: Partial<MemoryPlan>): CheckpointStore;
  context(plan?: Partial<MemoryPlan>, segments?: SegmentMemories): Promise<LiveContext>;
}

/** Loads a random model of a tiny geometry in the real runtime for a suite. */
export function useTinyModel(options?: TinyPackOptions): () => TinyModel {
  let directory: TemporaryDirectory | undefined;
  let model: TinyModel | undefined;
  before(async () => {
    directory = await temporaryDirectory();
    model = await loadTinyModel(directory.path, options);
  });
  after(async () => {
    model?.tokenizer.dispose();
    await model?.runtime.dispose();
    await directory?.remove();
  });
  return () => {
    if (model === undefined) throw new Error('The model is asked for before the suite runs.');
    return model;
  };
}

async function loadTinyModel(directory: string, options?: TinyPackOptions): Promise<TinyModel> {
  const manifest = await writeTinyPack(directory, options);
  const tokenizer = await Tokenizer.open(directory, manifest);
  const runtime = await CpuRuntime.load(directory, manifest, 1);
  const cache = (plan: Partial<MemoryPlan> = {}) => BoundedCache.create(runtime, { ...tinyPlan, ...plan });
  const checkpoints = (plan: Partial<MemoryPlan> = {}) => {
    const whole = { ...tinyPlan, ...plan };
    return new CheckpointStore(whole.checkpoints, whole.chunk, checkpointShapes(whole, layerGroups(manifest)));
  };
  const context = async (plan: Partial<MemoryPlan> = {}, segments?: SegmentMemories) => (
    new LiveContext(await cache(plan), checkpoints(plan), tokenizer.vocabulary, segments)
  );
  return { directory, manifest, runtime, tokenizer, cache, checkpoints, context };
}

/** Tokens of noise, the same for the same seed: ordinary ones of the tiny vocabulary. */
export function noise(length: number, seed = 1): Int32Array {
  let state = seed;
  return Int32Array.from({ length }, () => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    return 32 + (state >>> 16) % 90;
  });
}
