import { defaultMemoryBudgetMegabytes, defaultStoreBudgetMegabytes, devicePreferences, protocolVersion, type DevicePreference, type InitializeRequest, type WorkspaceFolders } from '../protocol';
import { Engine } from '../engine/engine';
import { defaultCacheDirectory, shippedModelDirectory } from './folders';
import { usageProblem } from './arguments';
import type { Streams } from './streams';

/** Options of every command that loads the model, for the argument parser. */
export const engineOptions = {
  model: { type: 'string' },
  memory: { type: 'string' },
  store: { type: 'string' },
  threads: { type: 'string' },
  device: { type: 'string' },
  verbose: { type: 'boolean' },
} as const;

export const engineOptionsHelp = `  --model DIR     folder of the model pack (default: the one that came with this program)
  --memory MB     bound on all key/value memory in MB of 10^6 bytes (default: ${defaultMemoryBudgetMegabytes})
  --store MB      bound on what is kept of folders on the disk; 0 keeps nothing (default: ${defaultStoreBudgetMegabytes})
  --threads N     CPU threads (default: one a core, at most four)
  --device KIND   auto, wgsl (the GPU or nothing) or cpu (default: cpu)
  --verbose       say on standard error what the engine does`;

export interface EngineOptions {
  readonly model?: string;
  readonly memory?: string;
  readonly store?: string;
  readonly threads?: string;
  readonly device?: string;
  readonly verbose?: boolean;
}

/** Loads the engine in this process. The caller disposes it. */
export function loadEngine(usage: string, options: EngineOptions, streams: Streams, workspace?: WorkspaceFolders): Promise<Engine> {
  const request: InitializeRequest = {
    protocolVersion,
    modelDirectory: options.model ?? shippedModelDirectory(),
    cacheDirectory: defaultCacheDirectory(),
    memoryBudgetMegabytes: numberOption(usage, '--memory', options.memory, defaultMemoryBudgetMegabytes),
    storeBudgetMegabytes: numberOption(usage, '--store', options.store, defaultStoreBudgetMegabytes),
    threads: numberOption(usage, '--threads', options.threads, 0),
    device: deviceOption(usage, options.device),
    ...(workspace === undefined ? {} : { workspace }),
  };
  return Engine.load(request, {
    progress: ({ stage, fraction, detail }) => {
      if (options.verbose === true) streams.note(`${stage} ${Math.round(100 * fraction)} % ${detail}`);
    },
    log: ({ level, text }) => {
      if (options.verbose === true || level === 'warning' || level === 'error') streams.note(`${level}: ${text}`);
    },
  });
}

function deviceOption(usage: string, value = 'cpu'): DevicePreference {
  const device = devicePreferences.find((known) => known === value);
  if (device === undefined) throw usageProblem(usage, `--device takes ${devicePreferences.join(', ')}, not "${value}".`);
  return device;
}

/** @throws ProblemError when it is no number of at least 0 */
export function numberOption(usage: string, name: string, value: string | undefined, fallback: number): number {
  if (value === undefined) return fallback;
  const number = Number(value);
  if (value.trim() === '' || !Number.isFinite(number) || number < 0) throw usageProblem(usage, `${name} takes a number of at least 0, not "${value}".`);
  return number;
}
