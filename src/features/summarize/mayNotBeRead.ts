import type { Uri } from 'vscode';
import { DoNotRead } from '../complete/doNotRead';
import { pathsOf } from '../complete/paths';
import { readDoNotRead } from '../settings';

/** The glob that forbids reading a file, if one does: its own path counts and the one behind links. */
export async function mayNotBeRead(uri: Uri): Promise<string | undefined> {
  const doNotRead = new DoNotRead(readDoNotRead(uri));
  return (await pathsOf(uri)).map((path) => doNotRead.forbiddenBy(path)).find((glob) => glob !== undefined);
}
