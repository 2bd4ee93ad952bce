import { lstat, readFile } from 'node:fs/promises';
import { basename, dirname, join, relative, sep } from 'node:path';
import ignore, { type Ignore } from 'ignore';
import { systemReason } from './systemReason';

/** In the order they are read: the later one overrides. */
const ignoreFileNames = ['.gitignore', '.ignore'];

/** An ignore file exists and cannot be read; reading what it may exclude would be wrong. */
export class UnreadableIgnoreFile extends Error {
  override readonly name = 'UnreadableIgnoreFile';
}

/**
 * The rules of the ignore files from the repository's root down to one folder, the last matching one deciding, as Git
 * reads them. Letters match in either case: what Git ignores on any system is ignored on all. Rules of the machine
 * (`core.excludesFile`, `.git/info/exclude`) are not read, so that the same content gives the same files everywhere.
 */
export class IgnoreRules {
  private constructor(
    private readonly rules: Ignore,
    /** The workspace's path below the repository's root: empty, or ending in a slash. */
    private readonly prefix: string,
  ) {}

  /**
   * Rules for what lies directly in the workspace folder, those of the repository around it included. A workspace that
   * the repository itself ignores was opened on purpose: then only its own rules count.
   *
   * @throws UnreadableIgnoreFile
   */
  static async forWorkspace(root: string): Promise<IgnoreRules> {
    const repository = await repositoryAround(root);
    const below = relative(repository, root).split(sep).filter((name) => name !== '');
    let rules = new IgnoreRules(ignore(), '');
    let [folder, path] = [repository, ''];
    for (const name of below) {
      rules = await rules.inside(folder, path);
      [folder, path] = [join(folder, name), `${path}${name}/`];
    }
    if (path !== '' && rules.ignores(path)) return new IgnoreRules(ignore(), '').inside(root, '');
    const own = await rules.inside(root, path);
    return new IgnoreRules(own.rules, path);
  }

  /**
   * Rules for what lies in a folder of the workspace, those of all folders above it included.
   *
   * @param root the workspace
   * @param path the folder relative to it: empty, or ending in a slash
   * @throws UnreadableIgnoreFile
   */
  static async forFolder(root: string, path: string): Promise<IgnoreRules> {
    let rules = await IgnoreRules.forWorkspace(root);
    for (let end = path.indexOf('/'); end >= 0; end = path.indexOf('/', end + 1)) {
      const folder = path.slice(0, end + 1);
      rules = await rules.inside(join(root, folder), folder);
    }
    return rules;
  }

  /**
   * Rules for what lies in a folder below.
   *
   * @param absolutePath the folder
   * @param path the folder relative to the workspace: empty, or ending in a slash
   * @throws UnreadableIgnoreFile
   */
  async inside(absolutePath: string, path: string): Promise<IgnoreRules> {
    let rules: Ignore | undefined;
    for (const name of ignoreFileNames) {
      const patterns = await readPatterns(join(absolutePath, name));
      if (patterns.length === 0) continue;
      rules ??= ignore().add(this.rules);
      rules.add(patterns.map((pattern) => below(this.prefix + path, pattern)));
    }
    return rules === undefined ? this : new IgnoreRules(rules, this.prefix);
  }

  /** @param path relative to the workspace, with forward slashes; a folder's ends in one */
  ignores(path: string): boolean {
    return this.rules.ignores(this.prefix + path);
  }
}

async function readPatterns(file: string): Promise<string[]> {
  try {
    const text = await readFile(file, 'utf8');
    return text.replace(/^\uFEFF/, '').split(/\r?\n/).filter((line) => line.trim() !== '' && !line.startsWith('#'));
  } catch (error) {
    const reason = systemReason(error);
    // A folder of that name holds no rules for anyone.
    if (reason === 'ENOENT' || reason === 'EISDIR') return [];
    throw new UnreadableIgnoreFile(`${basename(file)}: ${reason}`, { cause: error });
  }
}

/** A folder's pattern as a pattern of the repository's root. */
function below(folder: string, pattern: string): string {
  if (folder === '') return pattern;
  const [, not, rest] = /^(!?)(.*)$/s.exec(pattern) ?? ['', '', pattern];
  const anchored = /\/(?!\s*$)/.test(rest);
  return `${not}/${folder.replace(/[\\*?[\]!# ]/g, '\\$&')}${anchored ? rest.replace(/^\//, '') : `**/${rest}`}`;
}

/** The nearest folder at or above that holds a Git repository, or the folder itself. */
async function repositoryAround(root: string): Promise<string> {
  for (let folder = root; ; folder = dirname(folder)) {
    if (await lstat(join(folder, '.git')).then(() => true, () => false)) return folder;
    if (folder === dirname(folder)) return root;
  }
}
