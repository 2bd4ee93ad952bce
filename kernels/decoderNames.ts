/** Names of the decoder's inputs and outputs, for whoever runs it. */
export const decoderNames = {
  tokens: 'tokens',
  logitRows: 'logitRows',
  lastSlot: 'lastSlot',
  slotsInUse: 'slotsInUse',
  cosine: 'cosine',
  sine: 'sine',
  keys: (layer: number) => `keys.${layer}`,
  values: (layer: number) => `values.${layer}`,
  newKeys: (layer: number) => `newKeys.${layer}`,
  newValues: (layer: number) => `newValues.${layer}`,
  logits: 'logits',
  scores: 'scores',
} as const;
