import { entriesOf, layerGroups, type LayerGroup, type MemoryShape, type PerGroup } from '../../../kernels';
import { ProblemError, type MemoryPlanInfo } from '../../protocol';
import type { ModelManifest } from '../model';
import { cpuStateBytes } from '../runtime';
import { encoderSlots, storedEntries } from './encode';
import { storedBytes } from './storedMemory';

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
  /** Memories of a workspace's segments that fit at the same time; 0 when no workspace is read. */
  readonly segments: number;
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

/** One to come back to and one to write. */
const fewestCheckpoints = 2;
/** More would only help someone who edits a dozen long files in turn. */
const mostCheckpoints = 8;
/** Segments of a workspace: fewer than the least are of little use, more than the most add next to nothing. */
const fewestSegments = 4;
const mostSegments = 16;
/** Markers around prefix, suffix and middle. */
export const fimMarkers = 3;
/**
 * Slots for a suggestion and its last proposal: text that may never be accepted must not push real text out of the window.
 */
export const generationRoom = 128 + 8;
const megabyte = 1_000_000;

type Model = Pick<ModelManifest, 'geometry' | 'memory' | 'sinkTokens'>;

/**
 * The largest memory of which two caches (one answers, the other reads in pauses) and two checkpoints fit the budget; what is
 * left goes to more checkpoints. With a workspace the state that reads its segments and the memories of some of them must
 * fit as well, and more segments come before more checkpoints; where they do not fit, the plan is the one without a
 * workspace.
 *
 * @param budgetMegabytes of 10^6 bytes, for all key/value state
 * @throws ProblemError `memory-budget` naming the smallest budget that works
 */
export function planMemory(budgetMegabytes: number, manifest: Model, workspace = false): MemoryPlan {
  const budget = budgetMegabytes * megabyte;
  for (const withSegments of workspace ? [true, false] : [false]) {
    for (const { entries, window } of sizes) {
      const plan = divide(budget, planSize(entries, window, manifest), manifest, withSegments);
      if (plan !== undefined) return plan;
    }
  }
  const least = planSize(sizes[sizes.length - 1].entries, sizes[sizes.length - 1].window, manifest);
  const leastBytes = least.keyValueBytes + least.readAheadBytes + fewestCheckpoints * least.bytesPerCheckpoint;
  throw new ProblemError({
    code: 'memory-budget',
    what: `A memory budget of ${budgetMegabytes} MB is too small for this model.`,
    meaning: 'The model cannot hold even the text around the cursor in it, so it was not loaded.',
    remedy: `Set the budget to at least ${Math.ceil(leastBytes / megabyte)} MB.`,
  });
}

type SizedPlan = Omit<MemoryPlan, 'checkpoints' | 'checkpointBytes' | 'segments' | 'segmentBytes'> & { readonly bytesPerCheckpoint: number };

/** W is a multiple of C, so that a stream at a chunk's boundary holds exactly W tokens behind its memory. */
function planSize(entries: number, window: number, { sinkTokens, ...model }: Model): SizedPlan {
  const chunk = window / 2;
  const suffix = window / 2;
  const slots = sinkTokens.length + entries + fimMarkers + suffix + window + chunk + generationRoom;
  const groups = layerGroups(model);
  const keyValueBytes = cpuStateBytes(groups, slotsOf({ entries, slots }, groups));
  const bytesPerCheckpoint = checkpointShapes({ entries, window }, groups).reduce((sum, shape) => sum + bytesOfCheckpoint(shape), 0);
  return { entries, window, chunk, suffix, slots, keyValueBytes, readAheadBytes: keyValueBytes, bytesPerCheckpoint };
}

/** What a size leaves of the budget for checkpoints and segments; undefined when it is too little. */
function divide(budget: number, size: SizedPlan, { geometry, memory, sinkTokens }: Model, withSegments: boolean): MemoryPlan | undefined {
  const { bytesPerCheckpoint, ...plan } = size;
  const groups = layerGroups({ geometry, memory });
  if (Math.max(...slotsOf(plan, groups)) > geometry.maxPositions) return undefined;
  const bytesPerSegment = storedBytes(geometry, storedEntries);
  const encoderBytes = withSegments ? cpuStateBytes(groups, groups.map(() => encoderSlots(sinkTokens.length))) : 0;
  const left = budget - plan.keyValueBytes - plan.readAheadBytes - fewestCheckpoints * bytesPerCheckpoint - encoderBytes;
  const segments = withSegments ? Math.min(mostSegments, Math.floor(left / bytesPerSegment)) : 0;
  if (left < 0 || (withSegments && segments < fewestSegments)) return undefined;
  const further = Math.floor((left - segments * bytesPerSegment) / bytesPerCheckpoint);
  const checkpoints = Math.min(mostCheckpoints, fewestCheckpoints + further);
  return { ...plan, checkpoints, checkpointBytes: checkpoints * bytesPerCheckpoint, segments, segmentBytes: encoderBytes + segments * bytesPerSegment };
}

/** Slots of a cache of a plan, for each group of layers: groups differ in what their memory holds. */
export function slotsOf({ entries, slots }: Pick<MemoryPlan, 'entries' | 'slots'>, groups: PerGroup<LayerGroup>): PerGroup<number> {
  return groups.map((group) => slots - entries + entriesOf(group, entries));
}

export interface CheckpointShape extends MemoryShape {
  /** The most there can be. */
  readonly slots: number;
}

/** What a checkpoint of a stream holds at most, for each group of layers: memory and window. */
export function checkpointShapes({ entries, window }: Pick<MemoryPlan, 'entries' | 'window'>, groups: PerGroup<LayerGroup>): PerGroup<CheckpointShape> {
  return groups.map((group) => ({ ...group, slots: entriesOf(group, entries) + window }));
}

/** Keys and values in 16 bits, with scores and sources. */
function bytesOfCheckpoint({ layers, keyValueHeads, headDim, slots }: CheckpointShape): number {
  return slots * layers * keyValueHeads * (2 * headDim * 2 + 8);
}
