// The door of the compute that runs in the engine. The graph writer (decoder.ts, emit.ts) is not behind it: it runs when a
// pack is built, and the engine carries no ONNX writer.
export * from './cache';
export * from './compaction';
export * from './decoderNames';
export * from './entrySource';
export * from './layerGroups';
export * from './memory';
export * from './merge';
export * from './rotary';
export * from './sparsek';
export * from './topK';
