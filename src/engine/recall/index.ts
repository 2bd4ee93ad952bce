export type { ChosenSegment } from './chooseSegments';
export { IdlePreparation, type PreparedPlace } from './idlePreparation';
export { pathInside } from './pathInside';
export { ReadingPause } from './readingPause';
export type { WholeReading } from './readWhole';
export { WorkspaceMemory, type PreparationEvents } from './workspaceMemory';
