import type { CompletionOutcome, UnreadText } from '../../protocol';
import type { CompletionHistory, CompletionRecord } from './history';
import { describeRemembered } from './remembered';

/** What became of a request, in a sentence. */
export function describeOutcome(outcome: CompletionOutcome): string {
  switch (outcome.kind) {
    case 'completed':
      return 'A completion was shown.';
    case 'empty':
      return 'The model had nothing to add.';
    case 'cancelled':
      return 'The request was cancelled, by typing on or moving away.';
    case 'filtered':
      return `What the model wrote was withheld by the rule "${outcome.rule}".`;
    case 'not-ready':
    case 'disabled':
    case 'unreadable':
      return outcome.reason;
  }
}

/** The answer of the command "Explain Last Completion". */
export function explain(history: Pick<CompletionHistory, 'last' | 'cancelledSince'>): string {
  const { last, cancelledSince } = history;
  if (!last) return 'Nothing was completed yet in this window.';
  const since = cancelledSince === 0 ? '' : ` Since then ${count(cancelledSince, 'request')} cancelled by typing on.`;
  const { remembered } = last.result;
  return describeRecord(last) + (remembered === undefined ? '' : ` ${describeRemembered(remembered)}`) + since;
}

/** What became of a request and what it took; without any text of the document or the completion. */
export function describeRecord(record: CompletionRecord): string {
  return `${record.path}, line ${record.line}: ${describeOutcome(record.result.outcome)}${describeUnread(record.result.unread)}${figures(record)}`;
}

function describeUnread(unread: UnreadText | undefined): string {
  if (unread === undefined) return '';
  const { tokens, firstLine, lastLine } = unread;
  const lines = firstLine === lastLine ? `line ${firstLine}` : `lines ${firstLine} to ${lastLine}`;
  return ` The model had not read all of the text before the cursor yet: of ${lines}, ${tokens} tokens were missing. They are read while you pause.`;
}

function figures({ result, milliseconds }: CompletionRecord): string {
  const { tokens, memory, milliseconds: times } = result;
  if (memory.keyValueBytes === 0) return '';
  return [
    ` Tokens: reused ${tokens.reused}, read ${tokens.read}, generated ${tokens.generated} (${tokens.accepted} by lookup).`,
    ` Milliseconds: ${Math.round(milliseconds)} in all, ${Math.round(times.total)} in the engine, ${Math.round(times.firstToken)} to the first token.`,
    ` Memory: ${megabytes(memory.keyValueBytes)} of keys and values, ${memory.entries} entries, ${memory.window} tokens live.`,
  ].join('');
}

export function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}

function count(number: number, thing: string): string {
  return number === 1 ? `one ${thing} was` : `${number} ${thing}s were`;
}
