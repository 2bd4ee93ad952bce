import { layerGroups } from '../../../kernels';
import { ProblemError } from '../../protocol';
import type { ModelManifest } from '../model';
import { cpuStateBytes } from '../runtime';
import { fimMarkers, generationRoom, slotsOf, type MemoryPlan } from './plan';

/** A question's evidence and a whole answer fit in the window; the memory takes what is older. */
const sizes = [
  { entries: 1024, window: 1024 },
  { entries: 512, window: 1024 },
  { entries: 512, window: 512 },
  { entries: 256, window: 256 },
  { entries: 64, window: 128 },
] as const;

/** Tokens of the system turn, which stays whatever leaves the window. */
export const systemTurn = 256;

const megabyte = 1_000_000;

/**
 * The state of a conversation: the chat turns are the live part. It is another one than that of completions, so that a
 * question takes nothing away from the next keystroke; it is allocated when something is asked and never grows.
 *
 * @param budgetMegabytes of 10^6 bytes
 * @throws ProblemError `memory-budget` naming the smallest budget that works
 */
export function planConversation(budgetMegabytes: number, manifest: Model): MemoryPlan {
  const plans = sizes.map(({ entries, window }) => planSize(entries, window, manifest));
  const groups = layerGroups(manifest);
  const hasPositions = (plan: MemoryPlan) => Math.max(...slotsOf(plan, groups)) <= manifest.geometry.maxPositions;
  const plan = plans.find((size) => size.keyValueBytes <= budgetMegabytes * megabyte && hasPositions(size));
  if (plan !== undefined) return plan;
  throw new ProblemError({
    code: 'memory-budget',
    what: `A memory budget of ${budgetMegabytes} MB for conversations is too small for this model.`,
    meaning: 'Nothing can be asked or summarized in it.',
    remedy: `Set it to at least ${Math.ceil(plans[plans.length - 1].keyValueBytes / megabyte)} MB.`,
  });
}

type Model = Pick<ModelManifest, 'geometry' | 'memory' | 'sinkTokens'>;

function planSize(entries: number, window: number, { sinkTokens, ...model }: Model): MemoryPlan {
  const chunk = window / 2;
  const groups = layerGroups(model);
  const slots = sinkTokens.length + entries + fimMarkers + systemTurn + window + chunk + generationRoom;
  return {
    entries, window, chunk, suffix: systemTurn, slots,
    keyValueBytes: cpuStateBytes(groups, slotsOf({ entries, slots }, groups)),
    readAheadBytes: 0, checkpoints: 0, checkpointBytes: 0, segments: 0, segmentBytes: 0,
  };
}
