// The shaders of the GPU engine: text, built from the geometry. Nothing here touches a GPU.
export * from './attention';
export * from './embed';
export * from './kernel';
export * from './largestLogit';
export * from './movement';
export * from './packing';
export * from './projections';
export * from './queryKeyValue';
export * from './rowProduct';
export * from './scores';
export * from './selection';
