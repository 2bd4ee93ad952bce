import type { DevicePreference, LogMessage } from '../../protocol';
import type { ModelManifest } from '../model';
import { ProblemError } from '../../protocol';
import { CpuRuntime } from './cpuRuntime';
import type { Runtime } from './runtime';
import type { ProbeResult } from './wgsl/probeGpu';
import { rememberedProbe, rememberFailure } from './wgsl/rememberedProbe';
import { WgslRuntime } from './wgsl/wgslRuntime';

export interface RuntimeRequest {
  readonly modelDirectory: string;
  readonly cacheDirectory: string;
  /** CPU threads; 0 lets the engine choose. */
  readonly threads: number;
  /** Default: `cpu`. */
  readonly device?: DevicePreference;
}

/**
 * Loads the model on the device that is asked for. `auto` takes a GPU that a probe in a process of its own found to
 * compute, never one that the processor plays, and the CPU otherwise; `wgsl` insists.
 *
 * @param probe for tests
 * @throws ProblemError what loading throws; of a GPU only when it was insisted on
 */
export async function chooseRuntime(
  request: RuntimeRequest, manifest: ModelManifest, log: (message: LogMessage) => void, probe?: () => Promise<ProbeResult>,
): Promise<Runtime> {
  const { modelDirectory, cacheDirectory, threads, device = 'cpu' } = request;
  if (device === 'wgsl') return WgslRuntime.load(modelDirectory, manifest, 'As set.');
  if (device === 'cpu') return CpuRuntime.load(modelDirectory, manifest, threads);
  const found = await rememberedProbe(cacheDirectory, probe);
  const refused = reasonAgainst(found);
  if (refused === undefined && found.usable) {
    try {
      return await WgslRuntime.load(modelDirectory, manifest, `The GPU ${found.name} was found and computes.`);
    } catch (error) {
      if (!(error instanceof ProblemError) || !['device-lost', 'device-unavailable'].includes(error.problem.code)) throw error;
      await rememberFailure(cacheDirectory, error.problem.what);
      log({ level: 'warning', text: `${error.problem.what} The model runs on the CPU instead.` });
      return CpuRuntime.load(modelDirectory, manifest, threads, error.problem.what);
    }
  }
  return CpuRuntime.load(modelDirectory, manifest, threads, refused);
}

function reasonAgainst(found: ProbeResult): string | undefined {
  if (!found.usable) return `No GPU: ${found.because}.`;
  return found.software ? `The only GPU is ${found.name}, which the processor plays.` : undefined;
}
