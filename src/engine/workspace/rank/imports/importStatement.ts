/** One import, include or use of a source file, as written. */
export interface ImportStatement {
  /** What is imported from: `./parser`, `..models`, `net/http`, `crate::parse`. */
  readonly specifier: string;
  /** The names it brings, as the other file declares them; `*` for all. */
  readonly names: readonly string[];
}

/** What languages import without a word that count a folder as one unit. */
export const ownFolder: ImportStatement = { specifier: '.', names: ['*'] };

/** How one family of languages names other files. */
export interface ImportLanguage {
  statementsOf(text: string): ImportStatement[];
  /** Workspace files that the statement in file `from` may mean, the likeliest first. */
  resolve(from: string, statement: ImportStatement, files: FileNames): string[];
}

/** The paths of the workspace, as resolving needs them. */
export interface FileNames {
  has(path: string): boolean;
  /** Files whose path is the suffix or ends in `/` and the suffix, the shortest path first. */
  endingWith(suffix: string): string[];
  /** Files directly in a folder; the folder without a slash at its end. */
  inFolder(folder: string): string[];
  /** Folders whose path is the suffix or ends in `/` and the suffix, the shortest first. */
  foldersEndingWith(suffix: string): string[];
  /** What a bare specifier such as `@app/models` stands for by a path mapping or a package's name: path prefixes. */
  expand(specifier: string, from: string): string[];
}
