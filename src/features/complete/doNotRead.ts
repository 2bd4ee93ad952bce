import picomatch from 'picomatch';

const mostKnown = 1_000;

/**
 * Decides whether a file must not be read. A glob without a slash is compared with the name of the file and of every folder
 * above it, one with slashes with the whole path. Case does not count and a leading dot needs no dot in the glob: a secret
 * is better left out once too often.
 */
export class DoNotRead {
  /** Of paths that were asked for: the same file is asked for at every keystroke. */
  readonly #known = new Map<string, string | undefined>();
  readonly #globs: readonly { readonly glob: string; readonly matches: (path: string, names: readonly string[]) => boolean }[];

  constructor(globs: readonly string[]) {
    this.#globs = globs.map((glob) => {
      const test = picomatch(glob, { dot: true, nocase: true, nonegate: true });
      return {
        glob,
        matches: (path, names) => (glob.includes('/') ? test(path) || test(names.join('/')) : names.some((name) => test(name))),
      };
    });
  }

  /**
   * @param path absolute, with forward slashes
   * @returns the glob that forbids reading the file, if one does
   */
  forbiddenBy(path: string): string | undefined {
    if (this.#known.has(path)) return this.#known.get(path);
    const names = path.split('/').filter((name) => name !== '');
    const found = this.#globs.find(({ matches }) => matches(path, names))?.glob;
    if (this.#known.size >= mostKnown) this.#known.clear();
    this.#known.set(path, found);
    return found;
  }
}
