import { layerGroups, type PerGroup } from '../../../../kernels';
import { largestParts, stepWords } from '../../../../kernels/wgsl';
import type { ModelManifest } from '../../model';
import type { Buffers } from './buffers';

/** Tokens that are verified in one run at most, and rows of logits of one run. */
export const mostRows = 16;
/** Tokens of one run at most. */
export const capacity = 256;
/** Slots that one workgroup of attention reads when few tokens run: enough workgroups for a large GPU. */
export const splitLength = 128;

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
  const queryRows = queryHeads * Math.max(capacity, mostRows * splits);
  const layerNumbers = buffers.uniform('layerNumbers', layers * 256);
  for (let layer = 0; layer < layers; layer++) device.queue.writeBuffer(layerNumbers, layer * 256, Uint32Array.of(layer, 0, 0, 0));
  return {
    layerNumbers,
    steps: layerGroups(manifest).map(() => buffers.uniform('step', stepWords * 4)),
    ids: storage('ids', capacity),
    residual: storage('residual', capacity * width),
    query: storage('query', capacity * queryHeads * headDim),
    partials: storage('partials', queryRows * headDim),
    extent: storage('extent', queryRows * 2),
    attended: storage('attended', capacity * queryHeads * headDim),
    activated: storage('activated', capacity * feedForwardWidth),
    features: storage('features', layers * capacity * (scorerHidden > 0 ? scorerHidden : keyValueHeads)),
    logits: storage('logits', mostRows * vocabulary),
    best: storage('best', mostRows * largestParts * 2),
  };
}

/** Slots of a state at most: beyond them splits would not fit the scratch. */
export const mostSlots = 8192;
