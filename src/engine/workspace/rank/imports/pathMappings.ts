import { fileName, folderOf, foldersUpward, joinPath } from '../../paths';

export interface Mapping {
  /** Before and after the `*`, if there is one. */
  readonly pattern: readonly string[];
  /** Targets relative to the workspace, with their `*`. */
  readonly targets: readonly string[];
}

/** Mappings as they are kept: by folder, and the folders of the packages by name. */
export interface MappingSnapshot {
  readonly byFolder: readonly (readonly [string, readonly Mapping[]])[];
  readonly packages: readonly (readonly [string, string])[];
}

/**
 * What bare specifiers of TypeScript and JavaScript stand for: `paths` and `baseUrl` of the nearest tsconfig.json or
 * jsconfig.json (its own, not those of a file it extends), and the names of the workspace's packages.
 */
export class PathMappings {
  private readonly byFolder = new Map<string, readonly Mapping[]>();
  private readonly packages = new Map<string, string>();

  /** Takes a file into account if it is of a kind that maps paths. */
  add(path: string, text: string): void {
    this.remove(path);
    const name = fileName(path);
    const settings = isConfiguration(name) || name === 'package.json' ? parseObject(text) : undefined;
    if (settings === undefined) return;
    if (name !== 'package.json') this.byFolder.set(folderOf(path), mappingsOf(folderOf(path), settings));
    else if (typeof settings.name === 'string') this.packages.set(settings.name, folderOf(path));
  }

  snapshot(): MappingSnapshot {
    return { byFolder: [...this.byFolder], packages: [...this.packages] };
  }

  restore({ byFolder, packages }: MappingSnapshot): void {
    for (const [folder, mappings] of byFolder) this.byFolder.set(folder, mappings);
    for (const [name, folder] of packages) this.packages.set(name, folder);
  }

  remove(path: string): void {
    const folder = folderOf(path);
    if (isConfiguration(fileName(path))) this.byFolder.delete(folder);
    if (fileName(path) !== 'package.json') return;
    for (const [name, at] of this.packages) if (at === folder) this.packages.delete(name);
  }

  /** Paths without their ending that the specifier may mean in file `from`, the likeliest first. */
  expand(specifier: string, from: string): string[] {
    return [...this.mapped(specifier, from), ...this.inPackages(specifier)];
  }

  private mapped(specifier: string, from: string): string[] {
    for (const folder of foldersUpward(folderOf(from))) {
      const found = (this.byFolder.get(folder) ?? []).flatMap((mapping) => apply(mapping, specifier));
      if (found.length > 0) return found;
    }
    return [];
  }

  private inPackages(specifier: string): string[] {
    const name = specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');
    const folder = this.packages.get(name);
    if (folder === undefined) return [];
    const inside = specifier.slice(name.length + 1);
    const places = inside === '' ? ['src', '', 'lib'] : [`src/${inside}`, inside, `lib/${inside}`];
    return places.flatMap((place) => joinPath(folder, place) ?? []);
  }
}

function isConfiguration(name: string): boolean {
  return /^[tj]sconfig(\.base)?\.json$/.test(name);
}

function mappingsOf(folder: string, settings: Readonly<Record<string, unknown>>): Mapping[] {
  const options = asObject(settings.compilerOptions) ?? {};
  const base = typeof options.baseUrl === 'string' ? options.baseUrl : undefined;
  const root = joinPath(folder, base ?? '.');
  if (root === undefined) return [];
  const mappings = Object.entries(asObject(options.paths) ?? {}).map(([pattern, targets]) => ({
    pattern: pattern.split('*'),
    targets: (Array.isArray(targets) ? targets : [])
      .filter((target) => typeof target === 'string')
      .flatMap((target) => joinPath(root, target) ?? []),
  }));
  return base === undefined ? mappings : [...mappings, { pattern: ['', ''], targets: [joinPath(root, '*') ?? '*'] }];
}

function apply({ pattern: [before, after], targets }: Mapping, specifier: string): string[] {
  if ((after as string | undefined) === undefined) return specifier === before ? [...targets] : [];
  if (!specifier.startsWith(before) || !specifier.endsWith(after) || specifier.length < before.length + after.length) return [];
  const inside = specifier.slice(before.length, specifier.length - after.length);
  return targets.map((target) => target.replace('*', () => inside));
}

/** JSON with comments and trailing commas, as these files have them; nothing when it is not an object. */
function parseObject(text: string): Readonly<Record<string, unknown>> | undefined {
  const plain = text
    .replace(/("(?:\\.|[^"\\])*")|\/\/[^\n]*|\/\*[^]*?\*\//g, (_, quoted?: string) => quoted ?? '')
    .replace(/("(?:\\.|[^"\\])*")|,(?=\s*[}\]])/g, (_, quoted?: string) => quoted ?? '');
  try {
    return asObject(JSON.parse(plain));
  } catch {
    return undefined;
  }
}

function asObject(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined;
}
