import { createHash } from 'node:crypto';

/** Names a segment by its content, in letters that every file system tells apart. */
export function segmentKey(tokens: Int32Array): string {
  return createHash('sha256').update(new Uint8Array(tokens.buffer, tokens.byteOffset, tokens.byteLength)).digest('hex');
}
