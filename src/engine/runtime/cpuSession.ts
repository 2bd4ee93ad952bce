import { availableParallelism, cpus } from 'node:os';
import type { InferenceSession } from 'onnxruntime-node';

/** How ONNX Runtime is set up; the reasons are measurements of the shipped model on two cores. */
export function sessionOptions(threads: number): InferenceSession.SessionOptions {
  return {
    executionProviders: ['cpu'],
    graphOptimizationLevel: 'all',
    executionMode: 'sequential',
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    enableCpuMemArena: true,
    enableMemPattern: false,
    logSeverityLevel: 3,
    extra: {
      // Threads that wait for work by spinning keep the cores busy while the person only thinks.
      session: { intra_op: { allow_spinning: '0' }, inter_op: { allow_spinning: '0' } },
    },
  };
}

/** As many threads as asked for; else one a core, at most four: the editor and its other tools want some as well. */
export function chooseThreads(asked: number): { threads: number; reason: string } {
  if (asked > 0) return { threads: asked, reason: `${asked} threads as set.` };
  const cores = availableParallelism();
  const threads = Math.min(4, cores);
  return { threads, reason: `The CPU with ${threads} of ${cores} threads: the only device of this runtime.` };
}

export function processorName(): string {
  return cpus().at(0)?.model.trim() ?? 'CPU';
}
