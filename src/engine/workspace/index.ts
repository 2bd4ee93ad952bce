export { doNotReadMatcher, type PathMatcher } from './doNotRead';
export { readWorkspace, type WorkspaceFile, type WorkspaceLimits } from './readWorkspace';
export { Grammars } from './segment/grammars';
export { maxSegmentTokens, type Cut, type Segment, type TokenEncoder } from './segment/segment';
export { Segmenter } from './segment/segmenter';
export { describeSkip, type Skip, type SkipReason } from './skip';
