export * from './manifest';
export * from './shards';
