import type { Store } from '../store';
import { resolveWorkspace, Workspace, type PathMatcher, type Segmenter } from '../workspace';

/**
 * A workspace whose index outlives the engine: what the store kept of it is taken up, only what changed since is read, and
 * what it comes to is kept again.
 */
export class KeptWorkspace {
  private keptChanges = 0;

  private constructor(readonly workspace: Workspace, private readonly store: Store | undefined) {}

  /**
   * Takes up what was kept; what changed since is still to be read.
   *
   * @throws ProblemError when the folder cannot be opened
   */
  static async open(folder: string, segmenter: Segmenter, doNotRead: PathMatcher, store: Store | undefined): Promise<KeptWorkspace> {
    const kept = await store?.indexes.load(await resolveWorkspace(folder));
    // Whatever is wrong with an index, the files are still there.
    const restored = kept && await Workspace.open(folder, segmenter, doNotRead, undefined, kept).catch(() => undefined);
    return new KeptWorkspace(restored ?? await Workspace.open(folder, segmenter, doNotRead), store);
  }

  /** Keeps the index if it has changed since it was last kept, and forgets what may not be known any more. */
  async keep(forget: (key: string) => void = () => undefined): Promise<void> {
    const { workspace, store } = this;
    for (const key of workspace.takeForbidden()) {
      forget(key);
      await store?.memories.remove(key);
    }
    const { changes } = workspace;
    if (store === undefined || changes === this.keptChanges) return;
    this.keptChanges = changes;
    await store.indexes.save(workspace.root, await workspace.snapshot());
  }
}
