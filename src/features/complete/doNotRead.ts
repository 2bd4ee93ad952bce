import picomatch from 'picomatch';

/**
 * Decides whether a file must not be read. A glob without a slash is compared with the name of the file and of every folder
 * above it, one with slashes with the whole path. Case does not count and a leading dot needs no dot in the glob: a secret
 * is better left out once too often.
 */
export class DoNotRead {
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
    const names = path.split('/').filter((name) => name !== '');
    return this.#globs.find(({ matches }) => matches(path, names))?.glob;
  }
}
