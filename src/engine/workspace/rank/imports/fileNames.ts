import { compareCodeUnits, fileName, folderOf } from '../../paths';
import type { FileNames } from './importStatement';
import { PathMappings } from './pathMappings';

/** All paths of the workspace, looked up by last name and by folder. */
export class WorkspaceFileNames implements FileNames {
  readonly mappings = new PathMappings();
  private readonly paths = new Set<string>();
  private readonly byName = new Map<string, Set<string>>();
  private readonly byFolder = new Map<string, Set<string>>();
  private readonly foldersByName = new Map<string, Set<string>>();

  add(path: string): void {
    const folder = folderOf(path);
    this.paths.add(path);
    enter(this.byName, fileName(path), path);
    enter(this.byFolder, folder, path);
    enter(this.foldersByName, fileName(folder), folder);
  }

  remove(path: string): void {
    const folder = folderOf(path);
    this.paths.delete(path);
    leave(this.byName, fileName(path), path);
    leave(this.byFolder, folder, path);
    if (!this.byFolder.has(folder)) leave(this.foldersByName, fileName(folder), folder);
    this.mappings.remove(path);
  }

  all(): string[] {
    return [...this.paths];
  }

  has(path: string): boolean {
    return this.paths.has(path);
  }

  endingWith(suffix: string): string[] {
    return matching(this.byName.get(fileName(suffix)), suffix);
  }

  inFolder(folder: string): string[] {
    return [...(this.byFolder.get(folder) ?? [])].sort(compareCodeUnits);
  }

  foldersEndingWith(suffix: string): string[] {
    return matching(this.foldersByName.get(fileName(suffix)), suffix);
  }

  expand(specifier: string, from: string): string[] {
    return this.mappings.expand(specifier, from);
  }
}

function matching(paths: ReadonlySet<string> | undefined, suffix: string): string[] {
  return [...(paths ?? [])]
    .filter((path) => path === suffix || path.endsWith(`/${suffix}`))
    .sort((a, b) => a.length - b.length || compareCodeUnits(a, b));
}

function enter(index: Map<string, Set<string>>, key: string, value: string): void {
  const values = index.get(key);
  if (values === undefined) index.set(key, new Set([value]));
  else values.add(value);
}

function leave(index: Map<string, Set<string>>, key: string, value: string): void {
  const values = index.get(key);
  values?.delete(value);
  if (values?.size === 0) index.delete(key);
}
