import { readFolder, type Grammars, type InnerFolder } from '../../workspace';
import { yieldToEvents } from '../../yieldToEvents';
import { commentAtTop, docstringIn } from './comments';
import { outlineOf, type Part } from './outline';

/** Files that are looked into; of those beyond only their number is told. */
export const mostFiles = 200;
/** Characters of a file that the model is shown. */
const shown = 900;

/** What is known of a file without asking the model. */
export interface OutlinedFile {
  /** Relative to the summarized folder, with forward slashes. */
  readonly path: string;
  readonly lines: number;
  /** The first sentence of the comment that the file begins with; empty without one. */
  readonly comment: string;
  readonly parts: readonly Part[];
  /** How it begins. */
  readonly head: string;
}

/**
 * Outlines the files of a folder, in the order of their paths.
 *
 * @param onFile told how many were read
 * @throws the signal's reason when aborted
 */
export async function outlineFolder(folder: InnerFolder, grammars: Grammars, signal: AbortSignal, onFile: (files: number) => void): Promise<{ readonly files: readonly OutlinedFile[]; readonly inAll: number }> {
  const files: OutlinedFile[] = [];
  let inAll = 0;
  for await (const { path, text } of readFolder(folder)) {
    await yieldToEvents(signal);
    onFile(++inAll);
    if (files.length < mostFiles) files.push(await outlined(path.slice(folder.below.length), text.replace(/\r\n?/g, '\n'), grammars));
  }
  return { files, inAll };
}

async function outlined(path: string, text: string, grammars: Grammars): Promise<OutlinedFile> {
  const lines = text.split('\n');
  const comment = commentAtTop(lines) || docstringIn(lines, -1, lines.length - 1);
  return { path, lines: lines.length - (lines.at(-1) === '' ? 1 : 0), comment, parts: await outlineOf(path, text, grammars), head: text.slice(0, shown) };
}
