export { BoundedCache } from './boundedCache';
export { CheckpointStore } from './checkpointStore';
export { SegmentEncoder } from './encode';
export { LiveContext, streamedLength, type Reading, type WantedContext } from './liveContext';
export type { Memory } from './memory';
export { priorOfRank, Recall, type RecalledSegment } from './recall';
export { segmentKey, SegmentMemories } from './segmentMemories';
export { planConversation } from './conversationPlan';
export { planMemory, type MemoryPlan } from './plan';
