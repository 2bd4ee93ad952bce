import type { WorkspaceFolders } from './workspace';

/**
 * Default of {@link InitializeRequest.memoryBudgetMegabytes}: with the 0.5B model the live cache at K = 1,024, W = 512, its
 * twin that reads in pauses, and four checkpoints of a streamed file; or two, and eight segments or more of a workspace.
 */
export const defaultMemoryBudgetMegabytes = 200;

/**
 * Default of {@link InitializeRequest.conversationBudgetMegabytes}: with the 0.5B model 1,024 entries of memory behind a
 * window of 1,024 to 1,536 tokens.
 */
export const defaultConversationBudgetMegabytes = 75;

/** Default of {@link InitializeRequest.storeBudgetMegabytes}. */
export const defaultStoreBudgetMegabytes = 2_000;

/** Of the extension; see {@link InitializeRequest.idleMinutes}. */
export const defaultIdleMinutes = 15;

/** Sent once, before anything else. */
export interface InitializeRequest {
  readonly protocolVersion: number;
  /** Folder of the model pack (holds `manifest.json`). */
  readonly modelDirectory: string;
  /** Folder the engine may write to. */
  readonly cacheDirectory: string;
  /** Bound on the bytes of all key/value state, live and checkpoints, in MB (10^6 bytes). */
  readonly memoryBudgetMegabytes: number;
  /** Bound on the key/value state of questions and summaries, in MB; it is taken when something is first asked. */
  readonly conversationBudgetMegabytes?: number;
  /** Bound on what is kept of workspaces on the disk, in MB of 10^6 bytes; 0 keeps nothing. */
  readonly storeBudgetMegabytes?: number;
  /** Minutes without use after which the engine ends, so that nothing of it stays in memory; 0, the default, for never. */
  readonly idleMinutes?: number;
  /** CPU threads of the runtime; 0 lets the engine choose. */
  readonly threads: number;
  /** What the model runs on; default `cpu`. */
  readonly device?: DevicePreference;
  /** The folders whose files completions may learn from. Without them they read the open file alone. */
  readonly workspace?: WorkspaceFolders;
}

/** What windows must agree on to share an engine, as one text: equal when they do. Folders may differ. */
export function engineSettings({ protocolVersion, modelDirectory, cacheDirectory, memoryBudgetMegabytes, conversationBudgetMegabytes, storeBudgetMegabytes, idleMinutes, threads, device }: InitializeRequest): string {
  return JSON.stringify([protocolVersion, modelDirectory, cacheDirectory, memoryBudgetMegabytes, conversationBudgetMegabytes, storeBudgetMegabytes, idleMinutes, threads, device]);
}

export interface EngineInfo {
  readonly protocolVersion: number;
  readonly engineVersion: string;
  /** Version of the Node that runs the engine, and where it lies. */
  readonly node: string;
  readonly executable: string;
  readonly model: ModelInfo;
  readonly device: DeviceInfo;
  readonly memory: MemoryPlanInfo;
  /** The state of questions and summaries, taken when something is first asked. */
  readonly conversation: Pick<MemoryPlanInfo, 'entries' | 'window' | 'slots' | 'keyValueBytes'>;
  readonly loadMilliseconds: number;
}

export interface ModelInfo {
  readonly name: string;
  readonly displayName: string;
  readonly packVersion: string;
  readonly layers: number;
  readonly width: number;
  readonly queryHeads: number;
  readonly keyValueHeads: number;
  readonly headDim: number;
  readonly vocabulary: number;
  readonly weightBytes: number;
}

/** `auto`: a GPU where one is found to work, else the CPU. `wgsl`: the GPU or nothing. */
export const devicePreferences = ['auto', 'wgsl', 'cpu'] as const;
export type DevicePreference = (typeof devicePreferences)[number];

export interface DeviceInfo {
  readonly kind: 'cpu' | 'wgsl' | 'webgpu';
  readonly name: string;
  readonly threads: number;
  /** Why this device was chosen. */
  readonly reason: string;
}

/** Stated before anything is allocated, and never exceeded. */
export interface MemoryPlanInfo {
  /** K: entries of the SparseK memory per layer and KV head; a pack may give layers a share of it each. */
  readonly entries: number;
  /** W: most recent prefix tokens that are always kept. */
  readonly window: number;
  /** Slots of the live cache in a layer that holds K: sink, memory, live part and room to generate. */
  readonly slots: number;
  /** Of the live cache, which answers. */
  readonly keyValueBytes: number;
  /** Of a second one like it, in which text is read in pauses. */
  readonly readAheadBytes: number;
  readonly checkpointBytes: number;
  /** Memories of a workspace's segments and the state that they are read in; 0 when no workspace is read. */
  readonly segmentBytes: number;
}

/** What the engine is doing, for the status item. */
export interface LoadProgress {
  readonly stage: 'verifying' | 'loading' | 'ready';
  /** 0 to 1 within the stage. */
  readonly fraction: number;
  readonly detail: string;
}

export interface LogMessage {
  readonly level: 'trace' | 'debug' | 'info' | 'warning' | 'error';
  readonly text: string;
}
