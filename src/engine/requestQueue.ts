/**
 * Runs one task at a time, in order. A task supersedes those of the same document that have not ended, and all that are
 * done in pauses: their signal is aborted, and they settle before it starts.
 */
export class RequestQueue {
  private tail: Promise<unknown> = Promise.resolve();
  private readonly open = new Set<{ readonly document: string | undefined; readonly controller: AbortController }>();

  /** @param signal the caller's own; the task's is aborted with it */
  run<T>(document: string, signal: AbortSignal, task: (signal: AbortSignal) => Promise<T>): Promise<T> {
    for (const older of this.open) if (older.document === document || older.document === undefined) older.controller.abort();
    return this.add(document, signal, task);
  }

  /** Whatever comes next aborts it. */
  runInPause<T>(signal: AbortSignal, task: (signal: AbortSignal) => Promise<T>): Promise<T> {
    return this.add(undefined, signal, task);
  }

  private add<T>(document: string | undefined, signal: AbortSignal, task: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const controller = new AbortController();
    const entry = { document, controller };
    this.open.add(entry);
    const result = this.tail.then(() => task(AbortSignal.any([signal, controller.signal])));
    this.tail = result.then(() => undefined, () => undefined).then(() => this.open.delete(entry));
    return result;
  }

  /** Aborts everything. @returns when nothing runs any more */
  async close(): Promise<void> {
    for (const { controller } of this.open) controller.abort();
    await this.tail;
  }
}
