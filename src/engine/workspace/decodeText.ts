import type { Skip } from './skip';

/**
 * The text of a file's bytes: UTF-8 with or without a byte order mark, UTF-16 of either order with one. Other encodings
 * cannot be told apart for certain, and a wrong guess would teach the model words that nobody wrote.
 */
export function decodeText(bytes: Uint8Array): string | Omit<Skip, 'path'> {
  const encoding = markedEncoding(bytes) ?? 'utf-8';
  if (encoding === 'utf-8' && bytes.includes(0)) return { reason: 'binary' };
  try {
    // Without `ignoreBOM` the decoder drops the mark.
    const text = new TextDecoder(encoding, { fatal: true }).decode(bytes);
    return text.includes('\0') ? { reason: 'binary' } : text;
  } catch {
    return { reason: 'encoding', detail: `not valid ${encoding}` };
  }
}

function markedEncoding(bytes: Uint8Array): 'utf-16le' | 'utf-16be' | undefined {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be';
  return undefined;
}
