import type { CompletionRequest } from '../../protocol';
import { Waiters } from './waiters';

export type PreparedPlace = Pick<CompletionRequest, 'uri' | 'offset'>;

/** A person who does nothing for so long is not in the middle of typing. */
const idleMilliseconds = 500;

/**
 * Prepares the memory of the place that was completed at last, while nobody asks for anything: a request or an edit stops
 * it between two runs of the model and between two files, and it goes on when it has been quiet for a while.
 */
export class IdlePreparation<Place = PreparedPlace> {
  private place: Place | undefined;
  /** The place that is prepared now. */
  private preparing: Place | undefined;
  private timer: NodeJS.Timeout | undefined;
  private controller = new AbortController();
  private work: Promise<void> = Promise.resolve();
  private requests = 0;
  private readonly waiting = new Waiters();
  private ended = false;

  /**
   * @param prepare must settle soon after its signal is aborted, except for what awaits {@link whenIdle}
   * @param onFailure told once: after a failure nothing more is prepared
   */
  constructor(
    private readonly prepare: (place: Place, signal: AbortSignal) => Promise<unknown>,
    private readonly onFailure: (error: unknown) => void,
  ) {}

  /** Runs a request with everything else stopped; its place is prepared afterwards. */
  async around<T>(place: Place, request: () => Promise<T>): Promise<T> {
    this.requests++;
    this.stop();
    try {
      return await request();
    } finally {
      this.requests--;
      this.place = place;
      this.postpone();
    }
  }

  /** Somebody does something: waits for quiet again. */
  postpone(): void {
    this.stop();
    if (this.requests === 0 && !this.ended) this.timer = setTimeout(() => this.start(), idleMilliseconds);
  }

  /** There may be something new to prepare: does so in the next pause, without ending what is prepared now. */
  wake(): void {
    if (this.timer === undefined) this.work = this.work.then(() => { if (this.timer === undefined && !this.controller.signal.aborted) this.postpone(); });
  }

  /** For work that cannot be taken back: resolves when it may go on, or the signal is aborted. */
  whenIdle(signal?: AbortSignal): Promise<void> {
    if (this.ended || (this.requests === 0 && this.timer === undefined)) return Promise.resolve();
    return this.waiting.wait(signal);
  }

  /** Prepares no such place any more, until it is asked for again. @returns when none is being prepared */
  async forget(belongs: (place: Place) => boolean): Promise<void> {
    if (this.place !== undefined && belongs(this.place)) this.place = undefined;
    if (this.preparing === undefined || !belongs(this.preparing)) return;
    this.postpone();
    await this.work;
  }

  /** Ends for good. @returns when nothing runs any more */
  async close(): Promise<void> {
    this.ended = true;
    this.stop();
    this.waiting.release();
    await this.work;
  }

  private stop(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.controller.abort();
  }

  private start(): void {
    this.timer = undefined;
    this.waiting.release();
    const { place } = this;
    if (place === undefined) return;
    const { signal } = this.controller = new AbortController();
    this.work = this.work.then(async () => {
      try {
        this.preparing = place;
        if (!signal.aborted) await this.prepare(place, signal);
      } catch (error) {
        if (signal.aborted) return;
        this.ended = true;
        this.waiting.release();
        this.onFailure(error);
      } finally {
        this.preparing = undefined;
      }
    });
  }
}
