export type { ChosenSegment } from './chooseSegments';
export { pathInside } from './pathInside';
export { WorkspaceMemory, type PreparationEvents } from './workspaceMemory';
