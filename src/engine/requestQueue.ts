interface Entry {
  readonly owner: string;
  /** Undefined for what is done in pauses. */
  readonly document: string | undefined;
  readonly controller: AbortController;
  start(): void;
  /** Resolves when the task has ended, however it did. */
  readonly ended: Promise<void>;
}

/**
 * Runs one task at a time: of one owner in order, of several owners in turn, so that none waits for all that another has
 * asked. A task supersedes those of the same document that have not ended, and all that are done in pauses: their signal is
 * aborted, and those of the same owner settle before it starts.
 */
export class RequestQueue {
  private readonly open = new Set<Entry>();
  private readonly waiting: Entry[] = [];
  /** The owners' last turns. */
  private readonly served = new Map<string, number>();
  private turns = 0;
  private running = false;

  /**
   * @param signal the caller's own; the task's is aborted with it
   * @param owner who asks: documents of different owners are different documents
   */
  run<T>(document: string, signal: AbortSignal, task: (signal: AbortSignal) => Promise<T>, owner = ''): Promise<T> {
    for (const older of this.open) {
      if (older.document === undefined || (older.document === document && older.owner === owner)) older.controller.abort();
    }
    return this.add(owner, document, signal, task);
  }

  /** Whatever comes next aborts it, whoever asks. */
  runInPause<T>(signal: AbortSignal, task: (signal: AbortSignal) => Promise<T>, owner = ''): Promise<T> {
    return this.add(owner, undefined, signal, task);
  }

  /** Aborts everything that an owner asked. @returns when nothing of it runs any more */
  async leave(owner: string): Promise<void> {
    await this.abort((entry) => entry.owner === owner);
    this.served.delete(owner);
  }

  /** Aborts everything. @returns when nothing runs any more */
  async close(): Promise<void> {
    await this.abort(() => true);
  }

  private add<T>(owner: string, document: string | undefined, signal: AbortSignal, task: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const controller = new AbortController();
    let start: () => void = () => undefined;
    const turn = new Promise<void>((resolve) => { start = resolve; });
    const result = turn.then(() => task(AbortSignal.any([signal, controller.signal])));
    const ended = result.then(() => undefined, () => undefined);
    const entry: Entry = { owner, document, controller, start, ended };
    this.open.add(entry);
    this.waiting.push(entry);
    void ended.then(() => {
      this.open.delete(entry);
      this.running = false;
      this.startNext();
    });
    this.startNext();
    return result;
  }

  private startNext(): void {
    if (this.running) return;
    const next = this.waiting.reduce<Entry | undefined>((first, entry) => (first === undefined || this.lastTurn(entry) < this.lastTurn(first) ? entry : first), undefined);
    if (next === undefined) return;
    this.running = true;
    this.served.set(next.owner, ++this.turns);
    this.waiting.splice(this.waiting.indexOf(next), 1);
    next.start();
  }

  private lastTurn({ owner }: Entry): number {
    return this.served.get(owner) ?? 0;
  }

  private async abort(which: (entry: Entry) => boolean): Promise<void> {
    const entries = [...this.open].filter(which);
    for (const { controller } of entries) controller.abort();
    await Promise.all(entries.map(({ ended }) => ended));
  }
}
