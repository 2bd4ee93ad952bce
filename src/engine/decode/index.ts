export { generate, type GeneratedToken, type GenerationOptions } from './generate';
export { Lookup } from './lookup';
export { RequiredText } from './requiredText';
export { createSampler, type Sampler } from './sampler';
export { longestRun, Speculation } from './speculation';
