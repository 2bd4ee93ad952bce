import { open, realpath } from 'node:fs/promises';
import { resolve, sep } from 'node:path';
import { defaultDoNotRead, ProblemError, type CompletionOutcome } from '../protocol';
import { longestText } from '../engine/documents';
import { decodeText, doNotReadMatcher } from '../engine/workspace';

/** UTF-8 takes at most three bytes for a UTF-16 code unit. */
const mostBytes = 3 * longestText;

/**
 * The text of a file, or why it is not completed in. A file that must not be read is not opened.
 *
 * @throws ProblemError `file-not-readable` when the system does not let it be read
 */
export async function readSource(file: string): Promise<{ readonly text: string } | { readonly outcome: CompletionOutcome }> {
  try {
    const secret = await secretPart(file);
    if (secret !== undefined) {
      return { outcome: { kind: 'disabled', reason: `${file} is not read: "${secret}" is on the list of what may hold secrets.` } };
    }
    return await readText(file);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ProblemError({
      code: 'file-not-readable',
      what: `${file} cannot be read (${reason}).`,
      meaning: 'There is nothing to complete in.',
      remedy: 'Check the path and the permissions.',
    }, { cause: error });
  }
}

/** The file's or a folder's name that is on the do-not-read list, of the path as given or of where a link leads. */
export async function secretPart(file: string): Promise<string | undefined> {
  const matches = doNotReadMatcher(defaultDoNotRead);
  const paths = [resolve(file), await realpath(file)];
  return paths.flatMap((path) => path.split(sep)).find((name) => name !== '' && matches(name));
}

async function readText(file: string): Promise<{ readonly text: string } | { readonly outcome: CompletionOutcome }> {
  await using handle = await open(file);
  const { size } = await handle.stat();
  if (size > mostBytes) return unreadable(`The file has ${size.toLocaleString('en')} bytes; files above ${mostBytes.toLocaleString('en')} are not read.`);
  const decoded = decodeText(await handle.readFile());
  if (typeof decoded === 'string') return { text: decoded };
  if (decoded.reason === 'binary') return unreadable('The file holds NUL characters: it is binary, not text.');
  return unreadable('The file is neither UTF-8 nor UTF-16 with a byte order mark. Save it as UTF-8.');
}

function unreadable(reason: string): { readonly outcome: CompletionOutcome } {
  return { outcome: { kind: 'unreadable', reason } };
}
