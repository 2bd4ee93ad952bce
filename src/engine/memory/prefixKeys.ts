import { createHash } from 'node:crypto';

/**
 * A name for every prefix of a text that ends at a chunk's boundary, made of its content: two texts that begin with the
 * same tokens have the same names so far, wherever they lie.
 *
 * @returns key i names the first `(i + 1) * chunk` tokens
 */
export function prefixKeys(tokens: Int32Array, chunk: number): string[] {
  const hash = createHash('sha256');
  const keys: string[] = [];
  for (let end = chunk; end <= tokens.length; end += chunk) {
    hash.update(new Uint8Array(tokens.buffer, tokens.byteOffset + (end - chunk) * 4, chunk * 4));
    keys.push(hash.copy().digest('base64'));
  }
  return keys;
}
