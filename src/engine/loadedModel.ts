import { layerGroups, type LayerGroup, type PerGroup } from '../../kernels';
import { defaultConversationBudgetMegabytes, ProblemError, protocolVersion, type EngineInfo, type InitializeRequest, type LoadProgress, type LogMessage } from '../protocol';
import { Conversations } from './conversations';
import { BoundedCache, checkpointShapes, CheckpointStore, Contexts, isStreamOf, LiveContext, planConversation, planMemory, SegmentMemories, SegmentPool, type MemoryPlan } from './memory';
import { readManifest, Tokenizer, verifyFiles, type ModelManifest } from './model';
import { RequestQueue } from './requestQueue';
import { chooseRuntime, type Runtime } from './runtime';
import { engineVersion } from './version';

/** What is told while a model is loaded. */
export interface LoadEvents {
  progress(progress: LoadProgress): void;
  log(message: LogMessage): void;
}

/**
 * A model in memory, with all of its state: once in a process, whatever the number of windows. They take turns in it, and
 * the plan's bytes do not depend on how many they are.
 */
export class LoadedModel {
  /** Where all runs of the model wait for their turn, but for the encoding of segments. */
  readonly queue = new RequestQueue();
  readonly conversations: Conversations;
  private pool: Promise<SegmentPool> | undefined;

  private constructor(
    readonly runtime: Runtime,
    readonly tokenizer: Tokenizer,
    readonly plan: MemoryPlan,
    readonly info: EngineInfo,
    readonly contexts: Contexts,
    conversation: MemoryPlan,
    private readonly checkpoints: CheckpointStore,
    private readonly memories: SegmentMemories,
  ) {
    this.conversations = new Conversations(runtime, tokenizer, conversation, memories, this.queue);
  }

  /**
   * Checks the model pack, states the memory plan, loads.
   *
   * @param withWorkspace whether the plan shall have room for other files
   * @throws ProblemError for a stranger's request, a broken pack or a budget that is too small; nothing stays loaded then
   */
  static async load(request: InitializeRequest, withWorkspace: boolean, events: LoadEvents): Promise<LoadedModel> {
    const started = performance.now();
    refuseStranger(request);
    const manifest = await readManifest(request.modelDirectory);
    const groups = layerGroups(manifest);
    const plan = planMemory(request.memoryBudgetMegabytes, manifest, withWorkspace);
    const conversation = planConversation(request.conversationBudgetMegabytes ?? defaultConversationBudgetMegabytes, manifest);
    events.log({ level: 'info', text: `${describePlan(plan, groups)} Conversations: ${conversation.slots} slots in ${conversation.keyValueBytes} bytes, taken when something is asked.` });
    await verify(request, manifest, events);
    events.progress({ stage: 'loading', fraction: 0, detail: manifest.displayName });
    const tokenizer = await Tokenizer.open(request.modelDirectory, manifest);
    const runtime = await chooseRuntime(request, manifest, (message) => events.log(message));
    events.log({ level: 'info', text: `The model runs on ${runtime.device.name}. ${runtime.device.reason}` });
    const memories = new SegmentMemories(plan.segments);
    const checkpoints = new CheckpointStore(plan.checkpoints, plan.chunk, checkpointShapes(plan, groups));
    const context = async () => new LiveContext(await BoundedCache.create(runtime, plan), checkpoints, tokenizer.vocabulary, memories);
    const contexts = new Contexts(await context(), await context());
    events.progress({ stage: 'ready', fraction: 1, detail: manifest.displayName });
    const info = describe(runtime, plan, conversation, performance.now() - started);
    return new LoadedModel(runtime, tokenizer, plan, info, contexts, conversation, checkpoints, memories);
  }

  /** Allocated for the first workspace. */
  segments(): Promise<SegmentPool> {
    this.pool ??= SegmentPool.create(this.runtime, this.memories);
    return this.pool;
  }

  /** Ends what an owner asked and forgets what was read for it. Segments are its workspace's to forget. */
  async leave(owner: string): Promise<void> {
    await this.queue.leave(owner);
    await this.queue.run('leave', new AbortController().signal, () => {
      this.contexts.forget(owner);
      this.checkpoints.forget((document) => isStreamOf(owner, document));
      return Promise.resolve();
    }, owner);
    await this.queue.leave(owner);
  }

  async dispose(): Promise<void> {
    await this.conversations.dispose();
    await this.queue.close();
    (await this.pool?.catch(() => undefined))?.dispose();
    this.contexts.dispose();
    this.tokenizer.dispose();
    await this.runtime.dispose();
  }
}

/** @throws ProblemError for a request of another release */
export function refuseStranger({ protocolVersion: asked }: InitializeRequest): void {
  if (asked === protocolVersion) return;
  throw new ProblemError({
    code: 'bad-request',
    what: `The editor speaks version ${asked} of the engine's protocol, the engine version ${protocolVersion}.`,
    meaning: 'They come from different releases and would misunderstand each other.',
    remedy: 'Reload the window; if that does not help, reinstall the extension.',
  });
}

async function verify({ modelDirectory, cacheDirectory }: InitializeRequest, manifest: ModelManifest, events: LoadEvents): Promise<void> {
  events.progress({ stage: 'verifying', fraction: 0, detail: modelDirectory });
  const { notRemembered } = await verifyFiles(modelDirectory, manifest, {
    cacheDirectory,
    onProgress: (fraction, detail) => events.progress({ stage: 'verifying', fraction, detail }),
  });
  if (notRemembered === undefined) return;
  events.log({ level: 'warning', text: `The cache folder cannot be written (${notRemembered}). The model's files will be checked again at every start. Make ${cacheDirectory} writable.` });
}

function describePlan({ entries, window, slots, keyValueBytes, readAheadBytes, checkpoints, checkpointBytes, segments, segmentBytes }: MemoryPlan, groups: PerGroup<LayerGroup>): string {
  const shares = groups.map(({ firstLayer, layers, share }) => `${share} times in layers ${firstLayer} to ${firstLayer + layers - 1}`).join(', ');
  return `Memory plan: K = ${entries}${groups.length > 1 ? ` (${shares})` : ''}, W = ${window}, ${slots} slots in ${keyValueBytes} bytes, the same again in ${readAheadBytes} bytes to read ahead, ${checkpoints} checkpoints in at most ${checkpointBytes} bytes, `
    + `${segments} segments of the workspace in at most ${segmentBytes} bytes.`;
}

function describe({ manifest, device }: Runtime, plan: MemoryPlan, conversation: MemoryPlan, loadMilliseconds: number): EngineInfo {
  const { entries, window, slots, keyValueBytes, readAheadBytes, checkpointBytes, segmentBytes } = plan;
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
    memory: { entries, window, slots, keyValueBytes, readAheadBytes, checkpointBytes, segmentBytes },
    conversation: { entries: conversation.entries, window: conversation.window, slots: conversation.slots, keyValueBytes: conversation.keyValueBytes },
    loadMilliseconds,
  };
}
