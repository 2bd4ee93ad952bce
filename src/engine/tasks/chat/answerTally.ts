import type { AnswerOutcome, AnswerPart, AnswerResult, Reference, Source } from '../../../protocol';
import type { BoundedCache } from '../../memory';
import type { PromptReading } from './chatContext';

type Part = AnswerPart extends infer Kind ? Kind extends AnswerPart ? Omit<Kind, 'id'> : never : never;

/** Counts and times one answer, and tells its parts as they come. */
export class AnswerTally {
  private readonly started = performance.now();
  private firstTextAt: number | undefined;
  private firstTokenAt: number | undefined;
  private readCount = 0;
  private reused = 0;
  private generated = 0;
  private accepted = 0;
  private told = '';
  sources: readonly Source[] = [];
  references: readonly Reference[] = [];
  read = { files: 0, segments: 0, recalled: 0 };

  constructor(private readonly id: string, private readonly send: (part: AnswerPart) => void) {}

  /** All text that was told. */
  get text(): string {
    return this.told;
  }

  tell(part: Part): void {
    this.send({ id: this.id, ...part });
  }

  /** Tells what is new of a text that grows. */
  grow(text: string): void {
    if (text.length <= this.told.length) return;
    this.firstTextAt ??= performance.now();
    this.tell({ kind: 'text', text: text.slice(this.told.length) });
    this.told = text;
  }

  refer(references: readonly Reference[], all: readonly Reference[]): void {
    for (const reference of references) this.tell({ kind: 'reference', reference });
    this.references = all;
  }

  promptRead({ read, reused, pending }: PromptReading): void {
    this.readCount += read + pending.length;
    this.reused += reused;
  }

  wrote(tokens: number, accepted: number): void {
    this.firstTokenAt ??= performance.now();
    this.generated += tokens;
    this.accepted += accepted;
  }

  /** @param text when a repetition was cut off what was told */
  result(outcome: AnswerOutcome, cache: BoundedCache | undefined, text = this.told): AnswerResult {
    const now = performance.now();
    const since = (time: number | undefined) => (time ?? now) - this.started;
    return {
      text,
      outcome,
      sources: this.sources,
      references: this.references,
      tokens: { read: this.readCount, reused: this.reused, generated: this.generated, accepted: this.accepted },
      milliseconds: { firstText: since(this.firstTextAt), firstToken: since(this.firstTokenAt), total: now - this.started },
      memory: { keyValueBytes: cache?.bytes ?? 0, entries: cache?.entries ?? 0, window: cache === undefined ? 0 : cache.pinned.length + cache.windowLength },
      read: this.read,
    };
  }
}
