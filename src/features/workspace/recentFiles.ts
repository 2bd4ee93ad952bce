const mostRecent = 8;

/** The files that were edited lately, the latest first. */
export class RecentFiles {
  #paths: readonly string[] = [];

  get paths(): readonly string[] {
    return this.#paths;
  }

  /** @returns whether the order changed */
  edited(path: string): boolean {
    if (this.#paths[0] === path) return false;
    this.#paths = [path, ...this.#paths.filter((one) => one !== path)].slice(0, mostRecent);
    return true;
  }
}
