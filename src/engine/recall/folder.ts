import { isAbsolute, relative, sep } from 'node:path';
import type { FolderReport, WorkspaceChange, WorkspaceFolder, WorkspaceProgress } from '../../protocol';
import { problemOf } from '../problemOf';
import { notReadGroups, type Workspace } from '../workspace';
import type { KeptWorkspace } from './keptWorkspace';

type Listener = (progress: WorkspaceProgress) => void;

/** Files after which a listener is told again. */
const filesBetweenProgress = 50;

/**
 * A folder of the workspace: read when it is first asked for, and from then on kept in step with the disk. One piece of
 * work runs at a time, in the order it came; each waits for its turn file by file, so that nobody waits for it.
 */
export class Folder {
  private opened: Promise<Workspace> | undefined;
  private kept: KeptWorkspace | undefined;
  private problem: string | undefined;
  private work: Promise<void> = Promise.resolve();
  private jobs = 0;
  private comparing = false;
  private filesInAll: number | undefined;
  /** Files that somebody waits for. */
  private awaited = Infinity;
  private readonly listeners = new Set<Listener>();

  /**
   * @param openKept asked when the folder is first read
   * @param forget told the keys of segments that may not be known any more
   * @param closing ends reading between two files
   */
  constructor(
    readonly options: WorkspaceFolder,
    private readonly openKept: () => Promise<KeptWorkspace>,
    private readonly forget: (key: string) => void,
    private readonly closing: AbortSignal,
    onProgress: Listener = () => undefined,
  ) {
    this.listeners.add(onProgress);
  }

  /** The path in this folder of an absolute one, with forward slashes; undefined for one outside. */
  pathOf(absolute: string): string | undefined {
    const path = relative(this.options.folder, absolute);
    return path === '' || isAbsolute(path) || path.split(sep)[0] === '..' ? undefined : path.split(sep).join('/');
  }

  /**
   * The folder with all that is known to have changed, read whole.
   *
   * @throws ProblemError when it cannot be read
   */
  async read(listener?: Listener): Promise<Workspace> {
    if (listener !== undefined) this.listeners.add(listener);
    try {
      const workspace = await this.open();
      await this.settled();
      return workspace;
    } finally {
      if (listener !== undefined) this.listeners.delete(listener);
    }
  }

  /**
   * The folder as soon as `files` files of it are read, or all.
   *
   * @param first paths that are read before all others
   * @throws ProblemError when it cannot be read
   */
  async readSome(files: number, first: readonly string[], listener: Listener): Promise<Workspace> {
    const workspace = await this.open();
    for (const path of first) if (!this.isRead && !workspace.has(path)) await workspace.changed(path);
    this.awaited = files;
    await new Promise<void>((resolve) => {
      const resolveWhenEnough = (progress: WorkspaceProgress) => { if (progress.files >= files) resolve(); };
      const reading = this.read((progress) => {
        listener(progress);
        resolveWhenEnough(progress);
      });
      resolveWhenEnough(this.progress);
      reading.then(() => resolve(), () => resolve());
    });
    return workspace;
  }

  /** Takes note of what happened on the disk. Of a folder that nobody has asked for nothing is read either. */
  changed({ paths }: WorkspaceChange): void {
    const { workspace } = this;
    if (workspace === undefined) return;
    const own = paths?.flatMap((path) => this.pathOf(path) ?? []);
    if (own === undefined || own.some((path) => workspace.decidesWhatIsRead(path))) this.compare(workspace);
    else for (const path of own) this.enqueue(() => workspace.changed(path));
  }

  /** An open file's text counts in place of what is on the disk; `undefined` when it is closed. */
  setOpenText(path: string, text: string | undefined): void {
    const { workspace } = this;
    if (workspace !== undefined) this.enqueue(() => workspace.setOpenText(path, text));
  }

  /** The text of a file as it is now; undefined when it may not or cannot be read, or nothing of the folder was. */
  async textOf(path: string): Promise<string | undefined> {
    return this.workspace?.textOf(path);
  }

  /** Whether nothing is left to do. */
  get isRead(): boolean {
    return this.workspace !== undefined && this.jobs === 0;
  }

  /** Keeps what is to outlive the process, and forgets what may not be known any more. */
  async keep(): Promise<void> {
    await this.kept?.keep(this.forget);
  }

  report(): FolderReport {
    const notRead = this.workspace === undefined ? [] : notReadGroups(this.workspace.skipped);
    return { ...this.progress, notRead, ...(this.problem === undefined ? {} : { problem: this.problem }) };
  }

  private get workspace(): Workspace | undefined {
    return this.kept?.workspace;
  }

  private get progress(): WorkspaceProgress {
    const counts = this.workspace?.progress ?? { files: 0, segments: 0, skipped: 0 };
    const { isRead, filesInAll } = this;
    return { folder: this.options.folder, ...counts, done: isRead, ...(isRead || filesInAll === undefined ? {} : { filesInAll: Math.max(filesInAll, counts.files) }) };
  }

  private open(): Promise<Workspace> {
    this.opened ??= this.begin().catch((error: unknown) => {
      this.opened = undefined;
      this.problem = problemOf(error).what;
      throw error;
    });
    return this.opened;
  }

  private async begin(): Promise<Workspace> {
    this.kept = await this.openKept();
    this.problem = undefined;
    this.compare(this.kept.workspace);
    return this.kept.workspace;
  }

  /** Looks at every file again; those that have not changed are not cut again. */
  private compare(workspace: Workspace): void {
    if (this.comparing) return;
    this.comparing = true;
    this.enqueue(async () => {
      // What changes from here on may lie behind the walk.
      this.comparing = false;
      let told = 0;
      const counting = this.count(workspace);
      await workspace.read((progress) => {
        const isEnough = told < this.awaited && progress.files >= this.awaited;
        if (!isEnough && progress.files < told + filesBetweenProgress) return;
        told = progress.files;
        this.tell();
      }, this.closing);
      await counting;
      await this.keep();
    });
  }

  /** Beside the reading, which does not wait for it. */
  private async count(workspace: Workspace): Promise<void> {
    // What cannot be walked is told by the reading itself.
    this.filesInAll = await workspace.count(this.closing).catch(() => undefined);
  }

  private enqueue(job: () => Promise<void>): void {
    this.jobs++;
    this.work = this.work.then(async () => {
      try {
        if (!this.closing.aborted) await job();
      } catch (error) {
        // The folder may come back: what is asked next reads it again.
        this.problem = problemOf(error).what;
      } finally {
        this.jobs--;
        if (this.jobs === 0) this.tell();
      }
    });
  }

  /** Resolves when all work that is known by then, and what came meanwhile, is done. */
  async settled(): Promise<void> {
    while (this.jobs > 0) await this.work;
  }

  private tell(): void {
    for (const listener of this.listeners) listener(this.progress);
  }
}
