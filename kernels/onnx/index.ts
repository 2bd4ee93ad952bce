export * from './graphBuilder';
