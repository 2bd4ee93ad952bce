/** Notices that nobody has used the engine for some time, and that it does nothing for anybody either. */
export class IdleLimit {
  private running = 0;
  private milliseconds = Infinity;
  private timer: NodeJS.Timeout | undefined;

  /** @param onIdle told once each time the limit passes without use */
  constructor(private readonly onIdle: () => void) {}

  /** @param minutes 0 for no limit */
  set(minutes: number): void {
    this.milliseconds = minutes > 0 ? minutes * 60_000 : Infinity;
    this.touch();
  }

  /** It is used now. */
  touch(): void {
    clearTimeout(this.timer);
    if (this.running > 0 || this.milliseconds === Infinity) return;
    this.timer = setTimeout(this.onIdle, this.milliseconds);
    // What waits for nothing else may end.
    this.timer.unref();
  }

  /** It is used until the work is done. */
  async during<T>(work: Promise<T>): Promise<T> {
    this.running++;
    clearTimeout(this.timer);
    try {
      return await work;
    } finally {
      this.running--;
      this.touch();
    }
  }

  dispose(): void {
    clearTimeout(this.timer);
    this.milliseconds = Infinity;
  }
}
