import type { CompletionOutcome, CompletionResult } from '../../../protocol';
import type { GeneratedToken } from '../../decode';
import type { BoundedCache, Reading } from '../../memory';
import type { Vocabulary } from '../../model';
import { unreadText } from './unread';

/** Counts and times one request. */
export class Tally {
  private readonly started = performance.now();
  private firstTokenAt: number | undefined;
  private context = 0;
  private read = 0;
  private accepted = 0;
  private written = 0;

  private unread: CompletionResult['unread'];

  /** @param cache gives that of the context which answers */
  constructor(private readonly cache: () => BoundedCache, private readonly vocabulary: Vocabulary) {}

  /** New tokens, without those that spell what was typed. */
  get generated(): number {
    return this.written;
  }

  contextRead(tokens: number, reading: Reading): void {
    const { text, unread } = this.cache();
    this.unread = unreadText(text, unread, this.vocabulary);
    this.context = tokens - (this.unread?.tokens ?? 0);
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
    const cache = this.cache();
    return {
      text,
      outcome,
      tokens: { read: this.read, reused: Math.max(0, this.context - this.read), generated: this.written, accepted: this.accepted },
      milliseconds: { load: 0, firstToken: this.firstTokenAt === undefined ? total : this.firstTokenAt - this.started, total },
      memory: {
        keyValueBytes: cache.bytes,
        entries: cache.entries,
        window: cache.pinned.length + cache.windowLength,
      },
      ...(this.unread === undefined ? {} : { unread: this.unread }),
    };
  }
}
