export type { ChosenSegment } from './chooseSegments';
export { IdlePreparation, type PreparedPlace } from './idlePreparation';
export { pathInside } from './pathInside';
export { WorkspaceMemory, type PreparationEvents } from './workspaceMemory';
