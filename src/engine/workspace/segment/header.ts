import type { TokenEncoder } from './segment';

/** A path longer than this loses its first folders: the rest of the segment is for the code. */
const maxHeaderTokens = 96;

/** The first line of every segment of a file: its path, on one line whatever characters its name has. */
export function headerFor(path: string, encoder: TokenEncoder): string {
  let rest = path.replace(/\p{Cc}/gu, '\uFFFD');
  let header = `${rest}\n`;
  while (encoder.encode(header).length > maxHeaderTokens) {
    rest = withoutFirstFolder(rest);
    header = `…${rest}\n`;
  }
  return header;
}

/** The rest with its slash in front; of a single long name its second half. */
function withoutFirstFolder(path: string): string {
  const slash = path.indexOf('/', 1);
  if (slash > 0) return path.slice(slash);
  const characters = Array.from(path);
  return characters.slice(Math.ceil(characters.length / 2)).join('');
}
