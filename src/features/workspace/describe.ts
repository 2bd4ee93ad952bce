import type { FolderReport, NotReadGroup, WorkspaceProgress, WorkspaceReport } from '../../protocol';

/** How far a folder is read, in a sentence. */
export function describeProgress({ folder, files, filesInAll, segments, skipped, done }: WorkspaceProgress): string {
  const name = folder.slice(Math.max(folder.lastIndexOf('/'), folder.lastIndexOf('\\')) + 1);
  if (!done) return filesInAll === undefined ? `Reading ${name}: ${files} files so far` : `Reading ${name}: ${files} of ${filesInAll} files`;
  return `${name}: ${files} files in ${segments} segments; ${skipped} files and folders are not read`;
}

/** What is read of the workspace and what is not and why, a line each. */
export function describeReport({ folders }: WorkspaceReport): string[] {
  return folders.flatMap(describeFolder);
}

function describeFolder(report: FolderReport): string[] {
  const { folder, files, problem, notRead } = report;
  if (problem !== undefined) return [`${folder} cannot be read: ${problem}`];
  if (files === 0 && notRead.length === 0) return [`${folder}: nothing is read yet; that begins in the first pause after a completion.`];
  return [`${describeProgress(report)}.`, ...notRead.map(describeGroup)];
}

function describeGroup({ because, count, examples }: NotReadGroup): string {
  const more = count > examples.length ? `, and ${count - examples.length} more` : '';
  return `Not read because ${because}: ${examples.map((path) => JSON.stringify(path)).join(', ')}${more}.`;
}
