import { ProblemError, type MemoryPlanInfo } from '../../protocol';
import type { Geometry, ModelManifest } from '../model';

/**
 * What a model may hold in memory, fixed before anything is allocated. All counts are tokens or entries (one token's key
 * and value in every layer), all bytes are bytes of key/value state.
 */
export interface MemoryPlan extends MemoryPlanInfo {
  /** C: tokens that are read in one run, and that leave the window together. */
  readonly chunk: number;
  /** Most tokens of the text behind the cursor. */
  readonly suffix: number;
  /** Checkpoints of a file's stream that fit at the same time. */
  readonly checkpoints: number;
}

/** Steps down from what the CPU does best: a larger cache makes every token slower there. */
const sizes = [
  { entries: 1024, window: 512 },
  { entries: 768, window: 512 },
  { entries: 512, window: 512 },
  { entries: 512, window: 256 },
  { entries: 256, window: 256 },
  { entries: 128, window: 128 },
  { entries: 64, window: 64 },
] as const;

/** More would only help someone who edits a dozen long files in turn. */
const mostCheckpoints = 8;
/** Markers around prefix, suffix and middle. */
export const fimMarkers = 3;
/**
 * Slots for a suggestion and its last proposal: text that may never be accepted must not push real text out of the window.
 */
export const generationRoom = 128 + 8;
const megabyte = 1_000_000;

/**
 * The largest memory whose live cache and two checkpoints fit the budget; what is left goes to more checkpoints.
 *
 * @param budgetMegabytes of 10^6 bytes, for all key/value state
 * @throws ProblemError `memory-budget` naming the smallest budget that works
 */
export function planMemory(budgetMegabytes: number, manifest: Pick<ModelManifest, 'geometry' | 'sinkTokens'>): MemoryPlan {
  const budget = budgetMegabytes * megabyte;
  for (const size of sizes) {
    const plan = planSize(size.entries, size.window, manifest);
    const fitting = Math.floor((budget - plan.keyValueBytes) / plan.bytesPerCheckpoint);
    if (fitting >= 2) return withCheckpoints(plan, Math.min(fitting, mostCheckpoints));
  }
  const least = planSize(sizes[sizes.length - 1].entries, sizes[sizes.length - 1].window, manifest);
  const leastBytes = least.keyValueBytes + 2 * least.bytesPerCheckpoint;
  throw new ProblemError({
    code: 'memory-budget',
    what: `A memory budget of ${budgetMegabytes} MB is too small for this model.`,
    meaning: 'The model cannot hold even the text around the cursor in it, so it was not loaded.',
    remedy: `Set the budget to at least ${Math.ceil(leastBytes / megabyte)} MB.`,
  });
}

type SizedPlan = Omit<MemoryPlan, 'checkpoints' | 'checkpointBytes'> & { readonly bytesPerCheckpoint: number };

/** W is a multiple of C, so that a stream at a chunk's boundary holds exactly W tokens behind its memory. */
function planSize(entries: number, window: number, { geometry, sinkTokens }: Pick<ModelManifest, 'geometry' | 'sinkTokens'>): SizedPlan {
  const chunk = window / 2;
  const suffix = window / 2;
  const slots = sinkTokens.length + entries + fimMarkers + suffix + window + chunk + generationRoom;
  return {
    entries, window, chunk, suffix, slots,
    keyValueBytes: slots * bytesPerEntry(geometry, 4),
    bytesPerCheckpoint: (entries + window) * (bytesPerEntry(geometry, 2) + geometry.layers * geometry.keyValueHeads * 8),
  };
}

/** Key and value of one token in every layer and KV head. */
function bytesPerEntry({ layers, keyValueHeads, headDim }: Geometry, bytesPerNumber: number): number {
  return 2 * layers * keyValueHeads * headDim * bytesPerNumber;
}

function withCheckpoints({ bytesPerCheckpoint, ...plan }: SizedPlan, checkpoints: number): MemoryPlan {
  return { ...plan, checkpoints, checkpointBytes: checkpoints * bytesPerCheckpoint };
}
