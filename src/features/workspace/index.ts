/** What the engine may read of the workspace, and what it is told of it. */
import * as vscode from 'vscode';
import type { EngineClient } from '../../client';
import { readDoNotRead } from '../settings';
import { ChangeBatch } from './changeBatch';
import { chooseFolders, type FolderChoice } from './chooseFolders';
import { RecentFiles } from './recentFiles';

export { describeProgress, describeReport } from './describe';
export { describeLeftOut, type FolderChoice } from './chooseFolders';

/** The folders as they are now. */
export function workspaceChoice(): FolderChoice {
  const candidates = (vscode.workspace.workspaceFolders ?? []).map(({ name, uri }) => ({
    name, scheme: uri.scheme, path: uri.fsPath, doNotRead: readDoNotRead(uri),
  }));
  return chooseFolders(candidates, vscode.workspace.isTrusted);
}

/**
 * Tells the engine what changes on the disk and what the person works on. The editor watches: it does so anyway, obeys
 * `files.watcherExclude`, and works on every platform and remotely.
 */
export function followWorkspace(client: EngineClient): vscode.Disposable {
  const batch = new ChangeBatch((change) => client.workspaceChanged(change));
  const watcher = vscode.workspace.createFileSystemWatcher('**/*');
  const recent = new RecentFiles();
  const attend = () => client.attend({ open: openFiles(), recent: recent.paths });
  const note = ({ scheme, fsPath }: vscode.Uri) => {
    if (scheme === 'file') batch.add(fsPath);
  };
  attend();
  return vscode.Disposable.from(
    batch,
    watcher,
    watcher.onDidCreate(note),
    watcher.onDidChange(note),
    watcher.onDidDelete(note),
    vscode.window.tabGroups.onDidChangeTabs(attend),
    vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
      if (contentChanges.length > 0 && document.uri.scheme === 'file' && recent.edited(document.uri.fsPath)) attend();
    }),
  );
}

/** Absolute paths of the files that have a tab. */
function openFiles(): string[] {
  const inputs = vscode.window.tabGroups.all.flatMap(({ tabs }) => tabs.map(({ input }) => input));
  const paths = inputs.flatMap((input) => (input instanceof vscode.TabInputText && input.uri.scheme === 'file' ? [input.uri.fsPath] : []));
  return [...new Set(paths)];
}
