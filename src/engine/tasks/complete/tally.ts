import type { CompletionOutcome, CompletionResult } from '../../../protocol';
import type { GeneratedToken } from '../../decode';
import type { BoundedCache, Reading } from '../../memory';

/** Counts and times one request. */
export class Tally {
  private readonly started = performance.now();
  private firstTokenAt: number | undefined;
  private context = 0;
  private read = 0;
  private accepted = 0;
  private written = 0;

  constructor(private readonly cache: BoundedCache) {}

  /** New tokens, without those that spell what was typed. */
  get generated(): number {
    return this.written;
  }

  contextRead(tokens: number, reading: Reading): void {
    this.context = tokens;
    this.read = reading.read + reading.pending.length;
  }

  token(origin: GeneratedToken['origin']): void {
    if (origin === 'typed') {
      this.read++;
      this.context++;
      return;
    }
    this.firstTokenAt ??= performance.now();
    this.written++;
    if (origin === 'accepted') this.accepted++;
  }

  result(text: string, outcome: CompletionOutcome): CompletionResult {
    const total = performance.now() - this.started;
    return {
      text,
      outcome,
      tokens: { read: this.read, reused: Math.max(0, this.context - this.read), generated: this.written, accepted: this.accepted },
      milliseconds: { load: 0, firstToken: this.firstTokenAt === undefined ? total : this.firstTokenAt - this.started, total },
      memory: {
        keyValueBytes: this.cache.bytes,
        entries: this.cache.entries,
        window: this.cache.pinned.length + this.cache.windowLength,
      },
    };
  }
}
