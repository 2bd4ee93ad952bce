export { MemoryViewer, type ViewedWorkspace } from './memoryViewer';
export type { SegmentOrigin } from './segmentsInMemory';
