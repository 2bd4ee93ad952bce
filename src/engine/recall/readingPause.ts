import { Waiters } from './waiters';

/** Whether a window's reading in the background is paused. What somebody waits for is read all the same. */
export class ReadingPause {
  private paused = false;
  private demands = 0;
  private readonly waiting = new Waiters();

  get isPaused(): boolean {
    return this.paused;
  }

  set(paused: boolean): void {
    this.paused = paused;
    if (!paused) this.waiting.release();
  }

  /** Lets reading go on until the work that needs it is done. */
  async during<T>(work: () => Promise<T>): Promise<T> {
    this.demands++;
    this.waiting.release();
    try {
      return await work();
    } finally {
      this.demands--;
    }
  }

  /** Awaited by what reads, piece by piece; resolves at the latest when the signal is aborted. */
  async mayGoOn(signal: AbortSignal): Promise<void> {
    while (this.paused && this.demands === 0 && !signal.aborted) await this.waiting.wait(signal);
  }
}
