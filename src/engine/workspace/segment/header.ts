import type { TokenEncoder } from './segment';

/** A path longer than this loses its first folders: the rest of the segment is for the code. */
const maxHeaderTokens = 96;

/** The first line of every segment of a file: its path, on one line whatever characters its name has. */
export function headerFor(path: string, encoder: TokenEncoder): string {
  let shown = path.replace(/\p{Cc}/gu, '\uFFFD');
  while (encoder.encode(`${shown}\n`).length > maxHeaderTokens) {
    const slash = shown.indexOf('/', 1);
    shown = slash > 0 && slash < shown.length - 1 ? `…${shown.slice(slash)}` : shown.slice(-Math.floor(shown.length / 2));
    if (shown.startsWith('……')) shown = shown.slice(1);
  }
  return `${shown}\n`;
}
