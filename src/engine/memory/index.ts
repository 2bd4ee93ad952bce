export { BoundedCache } from './boundedCache';
export { CheckpointStore } from './checkpointStore';
export { LiveContext, streamedLength, type Reading, type WantedContext } from './liveContext';
export type { Memory } from './memory';
export { planMemory, type MemoryPlan } from './plan';
