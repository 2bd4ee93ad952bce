import type { WorkspaceChange } from '../../protocol';

/** Saving, formatting and building come in bursts. */
const quietMilliseconds = 300;
/** A build that never pauses is told now and then all the same. */
const longestMilliseconds = 5_000;
/** A switch of branches changes thousands of files: beyond this the engine looks for itself what has changed. */
const mostPaths = 500;

/** Gathers what happens on the disk and tells it once it has been quiet for a moment. */
export class ChangeBatch {
  readonly #paths = new Set<string>();
  #timer: NodeJS.Timeout | undefined;
  #first = 0;

  constructor(private readonly tell: (change: WorkspaceChange) => void) {}

  /** @param path absolute */
  add(path: string): void {
    // One more than can be named says that there are too many; further ones say nothing new.
    if (this.#paths.size <= mostPaths) this.#paths.add(path);
    const now = performance.now();
    if (this.#timer === undefined) this.#first = now;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#flush(), Math.max(0, Math.min(quietMilliseconds, this.#first + longestMilliseconds - now)));
  }

  dispose(): void {
    clearTimeout(this.#timer);
  }

  #flush(): void {
    this.#timer = undefined;
    const paths = [...this.#paths];
    this.#paths.clear();
    this.tell(paths.length > mostPaths ? {} : { paths });
  }
}
