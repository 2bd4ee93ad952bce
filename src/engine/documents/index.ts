export * from './document';
export * from './documents';
export { longestText } from './readableText';
export type { TokenEncoder } from './tokenEncoder';
