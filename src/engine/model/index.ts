export * from './manifest';
export * from './shards';
export * from './tokenizer';
export * from './vocabulary';
