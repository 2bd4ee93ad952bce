import { EventEmitter, type Memento } from 'vscode';
import type { AnswerPart, AnswerResult } from '../../protocol';
import type { ShownTurn } from '../../webview/messages';

const key = 'sparsek.ask.turns';
/** More would make the workspace's state large; the oldest go. */
const mostKept = 50;

/** What was asked and answered in this workspace. It outlives the window; a question that was being answered then counts as stopped. */
export class Conversation {
  private readonly changed = new EventEmitter<ShownTurn>();
  /** The last turn has something new. */
  readonly onDidChangeLast = this.changed.event;
  private list: readonly ShownTurn[];

  constructor(private readonly memento: Memento) {
    const kept: unknown = memento.get(key);
    this.list = Array.isArray(kept) ? kept.filter(isTurn).map((turn) => ({ ...turn, outcome: turn.outcome ?? { kind: 'cancelled' } })) : [];
  }

  get turns(): readonly ShownTurn[] {
    return this.list;
  }

  begin(question: string): void {
    this.list = [...this.list, { question, answer: '', sources: [], references: [] }].slice(-mostKept);
    this.keep();
  }

  add(part: AnswerPart): void {
    this.replaceLast((turn) => {
      switch (part.kind) {
        case 'text': return { ...turn, answer: turn.answer + part.text };
        case 'sources': return { ...turn, sources: part.sources };
        case 'reference': return { ...turn, references: [...turn.references, part.reference] };
        case 'stage': return turn;
      }
    });
  }

  end({ outcome, text, tokens, milliseconds, read }: AnswerResult): void {
    this.replaceLast((turn) => ({
      ...turn,
      answer: text === '' ? turn.answer : text,
      outcome,
      ...(tokens.generated === 0 ? {} : {
        note: `${read.files} files; read ${tokens.read} tokens, reused ${tokens.reused}, wrote ${tokens.generated} in ${(milliseconds.total / 1000).toFixed(1)} s.`,
      }),
    }));
    this.keep();
  }

  /** Takes the last question back. @returns it */
  takeLast(): string | undefined {
    const last = this.list.at(-1);
    this.list = this.list.slice(0, -1);
    return last?.question;
  }

  clear(): void {
    this.list = [];
    this.keep();
  }

  dispose(): void {
    this.changed.dispose();
  }

  private replaceLast(change: (turn: ShownTurn) => ShownTurn): void {
    const last = this.list.at(-1);
    if (last === undefined || last.outcome !== undefined) return;
    const next = change(last);
    if (next === last) return;
    this.list = [...this.list.slice(0, -1), next];
    this.changed.fire(next);
  }

  private keep(): void {
    void this.memento.update(key, this.list);
  }
}

/** What is kept may be another version's. */
function isTurn(value: unknown): value is ShownTurn {
  if (typeof value !== 'object' || value === null) return false;
  const { question, answer, sources, references } = value as Readonly<Record<string, unknown>>;
  return typeof question === 'string' && typeof answer === 'string' && Array.isArray(sources) && Array.isArray(references);
}
