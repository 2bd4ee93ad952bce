import type { LayerGroup } from './layerGroups';

/** Names of the decoder's inputs and outputs, for whoever runs it. */
export const decoderNames = {
  tokens: 'tokens',
  logitRows: 'logitRows',
  lastSlot: ({ firstLayer }: LayerGroup) => ofGroup('lastSlot', firstLayer),
  slotsInUse: ({ firstLayer }: LayerGroup) => ofGroup('slotsInUse', firstLayer),
  cosine: 'cosine',
  sine: 'sine',
  keys: (layer: number) => `keys.${layer}`,
  values: (layer: number) => `values.${layer}`,
  newKeys: (layer: number) => `newKeys.${layer}`,
  newValues: (layer: number) => `newValues.${layer}`,
  logits: 'logits',
  scores: 'scores',
} as const;

/** A group goes by its first layer, so that a graph of other groups has other names. */
function ofGroup(name: string, firstLayer: number): string {
  return firstLayer === 0 ? name : `${name}.${firstLayer}`;
}
