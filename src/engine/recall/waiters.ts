/** Those who wait for something to come about. */
export class Waiters {
  private readonly waiting = new Set<() => void>();

  /** @returns when {@link release} is called next, or the signal is aborted */
  wait(signal?: AbortSignal): Promise<void> {
    if (signal?.aborted === true) return Promise.resolve();
    return new Promise((resolve) => {
      const resume = () => {
        this.waiting.delete(resume);
        signal?.removeEventListener('abort', resume);
        resolve();
      };
      this.waiting.add(resume);
      signal?.addEventListener('abort', resume);
    });
  }

  release(): void {
    for (const resume of [...this.waiting]) resume();
  }
}
