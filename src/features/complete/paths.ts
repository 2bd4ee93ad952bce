import { realpath } from 'node:fs/promises';
import type { Uri } from 'vscode';

/** Every path that leads to a document's file, absolute with forward slashes: a link to a secret is a secret. */
export async function pathsOf(uri: Uri): Promise<readonly string[]> {
  if (uri.scheme !== 'file' && uri.scheme !== 'vscode-notebook-cell') return [uri.path];
  const target = await realpath(uri.fsPath).catch(() => undefined);
  return target === undefined ? [uri.path] : [uri.path, target.replaceAll('\\', '/')];
}
