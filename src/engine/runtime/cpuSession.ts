import { availableParallelism, cpus } from 'node:os';
import type { InferenceSession } from 'onnxruntime-node';

/**
 * How ONNX Runtime is set up. Measured with the shipped model on two cores: spinning, the memory pattern and the arena make
 * no difference in time beyond noise (decode at 2,048 slots 20 to 21 ms at best with each). Without the arena scratch
 * memory goes back after a run: 680 MB resident after prefill and decode, against 850 MB with it.
 */
export function sessionOptions(threads: number): InferenceSession.SessionOptions {
  return {
    executionProviders: ['cpu'],
    graphOptimizationLevel: 'all',
    executionMode: 'sequential',
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    enableCpuMemArena: false,
    enableMemPattern: false,
    // Its errors are thrown as well, and a line on stderr would say them twice.
    logSeverityLevel: 4,
    extra: {
      // Threads that wait for work by spinning keep the cores busy while the person only thinks.
      session: { intra_op: { allow_spinning: '0' }, inter_op: { allow_spinning: '0' } },
    },
  };
}

/**
 * As many threads as asked for; else one a core up to four, and half of the cores of larger machines up to eight: there
 * half of what the system counts are often hyperthreads, and the editor wants some too.
 */
export function chooseThreads(asked: number, cores = availableParallelism()): { threads: number; reason: string } {
  if (asked > 0) return { threads: asked, reason: `The CPU with ${asked} threads, as set.` };
  const threads = cores <= 4 ? cores : Math.min(8, Math.max(4, Math.floor(cores / 2)));
  return { threads, reason: `The CPU with ${threads} threads on ${cores} cores: the device that is always there.` };
}

export function processorName(): string {
  return cpus().at(0)?.model.trim() ?? 'CPU';
}
