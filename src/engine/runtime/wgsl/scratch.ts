import { layerGroups, type PerGroup } from '../../../../kernels';
import { largestParts, queryRows, stepWords } from '../../../../kernels/wgsl';
import type { Geometry, ModelManifest } from '../../model';
import type { Buffers } from './buffers';

/** Tokens that are verified in one run at most, and rows of logits of one run. */
export const mostRows = 16;
/** Tokens of one run at most. */
export const capacity = 256;
/** Slots that one workgroup of attention reads when few tokens run. */
const splitLength = 64;
/** Workgroups of attention that a large GPU needs to be busy with. */
const wantedWorkgroups = 512;

/**
 * How attention's workgroups share the slots out: `count` parts of `length` slots each. The same for all runs of a few tokens,
 * so that a token's sums do not depend on what runs beside it.
 *
 * @param used slots that are attended to
 */
export function splitsOf({ queryHeads }: Pick<Geometry, 'queryHeads'>, tokens: number, used: number): { length: number; count: number } {
  if (tokens <= mostRows) return { length: splitLength, count: Math.ceil(used / splitLength) };
  const blocks = tokens * queryHeads / queryRows;
  const length = splitLength * Math.ceil(used / splitLength / Math.ceil(wantedWorkgroups / blocks));
  return { length, count: Math.ceil(used / length) };
}

/** What a run needs besides weights and cache: allocated once, the same for every state. */
export interface Scratch {
  /** Of each group of layers, which differ in the slots. */
  readonly steps: PerGroup<GPUBuffer>;
  /** A uniform of 256 bytes a layer, which holds its number. */
  readonly layerNumbers: GPUBuffer;
  readonly ids: GPUBuffer;
  readonly residual: GPUBuffer;
  readonly query: GPUBuffer;
  readonly partials: GPUBuffer;
  readonly extent: GPUBuffer;
  readonly attended: GPUBuffer;
  readonly activated: GPUBuffer;
  readonly features: GPUBuffer;
  readonly logits: GPUBuffer;
  readonly best: GPUBuffer;
}

export function allocateScratch(buffers: Buffers, manifest: Pick<ModelManifest, 'geometry' | 'memory'>, device: GPUDevice): Scratch {
  const { layers, width, queryHeads, keyValueHeads, headDim, feedForwardWidth, vocabulary, scorerHidden, maxPositions } = manifest.geometry;
  const storage = (label: string, numbers: number) => buffers.storage(label, numbers * 4);
  const splits = Math.ceil(Math.min(maxPositions, mostSlots) / splitLength);
  // Of few tokens that are split most; of many: splits times tokens is at most a split more than the wanted workgroups' rows.
  const rows = Math.max(queryHeads * mostRows * splits, queryHeads * capacity + queryRows * wantedWorkgroups);
  const layerNumbers = buffers.uniform('layerNumbers', layers * 256);
  for (let layer = 0; layer < layers; layer++) device.queue.writeBuffer(layerNumbers, layer * 256, Uint32Array.of(layer, 0, 0, 0));
  return {
    layerNumbers,
    steps: layerGroups(manifest).map(() => buffers.uniform('step', stepWords * 4)),
    ids: storage('ids', capacity),
    residual: storage('residual', capacity * width),
    query: storage('query', capacity * queryHeads * headDim),
    partials: storage('partials', rows * headDim),
    extent: storage('extent', rows * 2),
    attended: storage('attended', capacity * queryHeads * headDim),
    activated: storage('activated', capacity * feedForwardWidth),
    features: storage('features', layers * capacity * (scorerHidden > 0 ? scorerHidden : keyValueHeads)),
    logits: storage('logits', mostRows * vocabulary),
    best: storage('best', mostRows * largestParts * 2),
  };
}

/** Slots of a state at most: beyond them splits would not fit the scratch. */
export const mostSlots = 8192;
