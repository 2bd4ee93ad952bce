/** What the served VS Code opens: told to it in its address. */
export interface Opened {
  /** A folder or a `.code-workspace` file; none opens an empty window. */
  readonly workspace?: string | undefined;
  /** A file to show. */
  readonly file?: string | undefined;
  /** Extensions to load from their folders. */
  readonly developed?: readonly string[];
  /** A module whose `run` is called in the extension host. */
  readonly tests?: string | undefined;
}

export function addressOf(authority: string, opened: Opened): string {
  const remote = (path: string): string => `vscode-remote://${authority}${path}`;
  const payload = [
    ...(opened.developed ?? []).map((path) => ['extensionDevelopmentPath', remote(path)]),
    ...(opened.tests === undefined ? [] : [['extensionTestsPath', remote(opened.tests)]]),
    ...(opened.file === undefined ? [] : [['openFile', remote(opened.file)]]),
    ['skipWelcome', 'true'],
    ['skipReleaseNotes', 'true'],
  ];
  const query = new URLSearchParams({ payload: JSON.stringify(payload) });
  if (opened.workspace === undefined) query.set('ew', 'true');
  else query.set(opened.workspace.endsWith('.code-workspace') ? 'workspace' : 'folder', opened.workspace);
  return `http://${authority}/?${query.toString()}`;
}
