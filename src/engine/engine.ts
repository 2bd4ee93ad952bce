import {
  ProblemError, protocolVersion, type CompletionRequest, type CompletionResult, type EngineInfo, type InitializeRequest, type LoadProgress,
  type LogMessage,
} from '../protocol';
import { Documents } from './documents';
import { BoundedCache, CheckpointStore, LiveContext, planMemory, type MemoryPlan } from './memory';
import { readManifest, Tokenizer, verifyFiles, type ModelManifest } from './model';
import { RequestQueue } from './requestQueue';
import { CpuRuntime, type Runtime } from './runtime';
import { Completer } from './tasks/complete';
import { engineVersion } from './version';

/** What an engine tells while it works. */
export interface EngineEvents {
  progress(progress: LoadProgress): void;
  log(message: LogMessage): void;
}

/** A loaded model with its memory and the documents it completes in. The same behind the editor and the command line. */
export class Engine {
  readonly documents: Documents;
  private readonly queue = new RequestQueue();
  private readonly completer: Completer;

  private constructor(
    readonly info: EngineInfo,
    private readonly runtime: Runtime,
    readonly tokenizer: Tokenizer,
    private readonly cache: BoundedCache,
    plan: MemoryPlan,
  ) {
    const { manifest } = runtime;
    this.documents = new Documents(tokenizer);
    const checkpoints = new CheckpointStore(plan.checkpoints, plan.chunk, { ...manifest.geometry, slots: plan.entries + plan.window });
    this.completer = new Completer(manifest, tokenizer, this.documents, new LiveContext(cache, checkpoints, tokenizer.vocabulary));
  }

  /**
   * Checks the model pack, states the memory plan, loads.
   *
   * @throws ProblemError for a stranger's request, a broken pack or a budget that is too small; nothing stays loaded then
   */
  static async load(request: InitializeRequest, events: EngineEvents): Promise<Engine> {
    const started = performance.now();
    refuseStranger(request);
    const manifest = await readManifest(request.modelDirectory);
    const plan = planMemory(request.memoryBudgetMegabytes, manifest);
    events.log({ level: 'info', text: describePlan(plan) });
    await verify(request, manifest, events);
    events.progress({ stage: 'loading', fraction: 0, detail: manifest.displayName });
    const tokenizer = await Tokenizer.open(request.modelDirectory, manifest);
    const runtime = await CpuRuntime.load(request.modelDirectory, manifest, request.threads);
    const cache = await BoundedCache.create(runtime, plan);
    events.progress({ stage: 'ready', fraction: 1, detail: manifest.displayName });
    return new Engine(describe(runtime, plan, performance.now() - started), runtime, tokenizer, cache, plan);
  }

  /** A newer request for the same document supersedes this one, which is then answered `cancelled`. */
  complete(request: CompletionRequest, signal: AbortSignal): Promise<CompletionResult> {
    return this.queue.run(request.uri, signal, (superseding) => this.completer.complete(request, superseding));
  }

  async dispose(): Promise<void> {
    await this.queue.close();
    this.cache.dispose();
    this.tokenizer.dispose();
    await this.runtime.dispose();
  }
}

function refuseStranger({ protocolVersion: asked }: InitializeRequest): void {
  if (asked === protocolVersion) return;
  throw new ProblemError({
    code: 'bad-request',
    what: `The editor speaks version ${asked} of the engine's protocol, the engine version ${protocolVersion}.`,
    meaning: 'They come from different releases and would misunderstand each other.',
    remedy: 'Reload the window; if that does not help, reinstall the extension.',
  });
}

async function verify({ modelDirectory, cacheDirectory }: InitializeRequest, manifest: ModelManifest, events: EngineEvents): Promise<void> {
  events.progress({ stage: 'verifying', fraction: 0, detail: modelDirectory });
  const { notRemembered } = await verifyFiles(modelDirectory, manifest, {
    cacheDirectory,
    onProgress: (fraction, detail) => events.progress({ stage: 'verifying', fraction, detail }),
  });
  if (notRemembered === undefined) return;
  events.log({ level: 'warning', text: `The cache folder cannot be written (${notRemembered}). The model's files will be checked again at every start. Make ${cacheDirectory} writable.` });
}

function describePlan({ entries, window, slots, keyValueBytes, checkpoints, checkpointBytes }: MemoryPlan): string {
  return `Memory plan: K = ${entries}, W = ${window}, ${slots} slots in ${keyValueBytes} bytes, ${checkpoints} checkpoints in at most ${checkpointBytes} bytes.`;
}

function describe({ manifest, device }: Runtime, { entries, window, slots, keyValueBytes, checkpointBytes }: MemoryPlan, loadMilliseconds: number): EngineInfo {
  const { layers, width, queryHeads, keyValueHeads, headDim, vocabulary } = manifest.geometry;
  const { name, displayName, packVersion } = manifest;
  const weightBytes = Object.values(manifest.files).reduce((sum, { bytes }) => sum + bytes, 0);
  return {
    protocolVersion,
    engineVersion,
    node: process.version,
    executable: process.execPath,
    model: { name, displayName, packVersion, layers, width, queryHeads, keyValueHeads, headDim, vocabulary, weightBytes },
    device,
    memory: { entries, window, slots, keyValueBytes, checkpointBytes },
    loadMilliseconds,
  };
}
