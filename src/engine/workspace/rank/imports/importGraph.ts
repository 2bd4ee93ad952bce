import { grammarFor } from '../../segment/language';
import { cFamily } from './cFamily';
import { ecmaScript } from './ecmaScript';
import { WorkspaceFileNames } from './fileNames';
import { go } from './go';
import type { ImportLanguage, ImportStatement } from './importStatement';
import { java } from './java';
import type { MappingSnapshot } from './pathMappings';
import { python } from './python';
import { rust } from './rust';

const languages: Readonly<Partial<Record<string, ImportLanguage>>> = {
  typescript: ecmaScript, tsx: ecmaScript, javascript: ecmaScript, python, go, java, rust, cpp: cFamily,
};

/** How many files that only pass a name on (`__init__.py`, `index.ts`) are looked through for where it comes from. */
const maxPassingOn = 3;

/** One file that a file imports. */
export interface Import {
  readonly path: string;
  /** The names it is imported for; `*` for all. */
  readonly names: ReadonlySet<string>;
}

/** A graph as it is kept. */
export interface ImportSnapshot {
  readonly paths: readonly string[];
  readonly statements: readonly (readonly [string, readonly ImportStatement[]])[];
  readonly mappings: MappingSnapshot;
}

/** Which file imports which, and for what. */
export class ImportGraph {
  private readonly files = new WorkspaceFileNames();
  private readonly statements = new Map<string, readonly ImportStatement[]>();

  /**
   * @param declares whether a file declares a name
   * @param kept what an earlier graph held
   */
  constructor(private readonly declares: (path: string, name: string) => boolean, kept?: ImportSnapshot) {
    if (kept === undefined) return;
    for (const path of kept.paths) this.files.add(path);
    for (const [path, statements] of kept.statements) this.statements.set(path, statements);
    this.files.mappings.restore(kept.mappings);
  }

  /** What it holds, to be kept. */
  snapshot(): ImportSnapshot {
    return { paths: this.files.all(), statements: [...this.statements], mappings: this.files.mappings.snapshot() };
  }

  update(path: string, text: string): void {
    this.files.add(path);
    this.files.mappings.add(path, text);
    const found = statementsOf(path, text);
    if (found.length > 0) this.statements.set(path, found);
    else this.statements.delete(path);
  }

  remove(path: string): void {
    this.files.remove(path);
    this.statements.delete(path);
  }

  /** The workspace files that a text at `path` imports, and those that its imports pass names on from. */
  importsOf(path: string, text: string): Import[] {
    const found = new Map<string, Set<string>>();
    for (const statement of statementsOf(path, text)) this.follow(path, statement, found, 0);
    found.delete(path);
    return Array.from(found, ([target, names]) => ({ path: target, names }));
  }

  private follow(from: string, statement: ImportStatement, found: Map<string, Set<string>>, depth: number): void {
    const targets = languages[grammarFor(from) ?? '']?.resolve(from, statement, this.files) ?? [];
    for (const target of targets) {
      const names = found.get(target) ?? new Set();
      const news = statement.names.filter((name) => !names.has(name));
      found.set(target, new Set([...names, ...statement.names]));
      if (depth < maxPassingOn) this.followPassedOn(target, news, found, depth + 1);
    }
  }

  /** Names that the file does not declare itself it may have from its own imports. */
  private followPassedOn(path: string, names: readonly string[], found: Map<string, Set<string>>, depth: number): void {
    const missing = names.filter((name) => name !== '*' && !this.declares(path, name));
    if (missing.length === 0) return;
    for (const { specifier, names: imported } of this.statements.get(path) ?? []) {
      const passed = imported.includes('*') ? missing : missing.filter((name) => imported.includes(name));
      if (passed.length > 0) this.follow(path, { specifier, names: passed }, found, depth);
    }
  }
}

/** What a text imports, as it is written there, in order. */
export function importedFrom(path: string, text: string): string[] {
  return statementsOf(path, text).map(({ specifier }) => specifier).filter((specifier) => specifier !== '.');
}

function statementsOf(path: string, text: string): ImportStatement[] {
  return languages[grammarFor(path) ?? '']?.statementsOf(text) ?? [];
}
