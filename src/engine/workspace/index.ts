export { doNotReadMatcher, type PathMatcher } from './doNotRead';
export { readWorkspace, type WorkspaceFile, type WorkspaceLimits } from './readWorkspace';
export type { RankedSegment, RankingReasons } from './rank/ranked';
export type { Attention, CompletionContext } from './rank/ranker';
export { Grammars } from './segment/grammars';
export { maxSegmentTokens, type Cut, type Segment, type TokenEncoder } from './segment/segment';
export { Segmenter } from './segment/segmenter';
export { describeSkip, type Skip, type SkipReason } from './skip';
export { Workspace, type ReadingProgress } from './workspace';
