type Work = () => Promise<unknown>;

/** What has to be undone, last first. Node 20 has no AsyncDisposableStack. */
export class Cleanup implements AsyncDisposable {
  private readonly work: Work[] = [];

  defer(work: Work): void {
    this.work.push(work);
  }

  use<T extends AsyncDisposable>(resource: T): T {
    this.defer(async () => resource[Symbol.asyncDispose]());
    return resource;
  }

  /** Undoes everything, also when a part fails; the first failure is thrown at the end. */
  async [Symbol.asyncDispose](): Promise<void> {
    const failures: unknown[] = [];
    for (let work = this.work.pop(); work !== undefined; work = this.work.pop()) {
      await work().catch((error: unknown) => failures.push(error));
    }
    if (failures.length > 0) throw failures[0];
  }
}
