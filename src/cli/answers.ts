import type { AnswerPart, AnswerResult } from '../protocol';
import { exitCodes } from './subcommand';

const stages = { waiting: 'waiting', workspace: 'reading the folder', encoding: 'reading segments', reading: 'reading', writing: 'writing' } as const;

/** What an answer is doing, in one line. */
export function describeStage({ stage, done, count }: Extract<AnswerPart, { readonly kind: 'stage' }>): string {
  if (done === undefined) return stages[stage];
  if (stage === 'workspace') return `${stages[stage]}: ${done} files`;
  return `${stages[stage]}: ${done}${count === undefined ? '' : ` of ${count}`}${stage === 'reading' ? ' tokens' : ''}`;
}

export function describeAnswer({ tokens, milliseconds, memory, read }: AnswerResult): string {
  const workspace = read.files === 0 ? '' : `${read.files} files in ${read.segments} segments, ${read.recalled} of them recalled; `;
  return `${workspace}read ${tokens.read} tokens, reused ${tokens.reused}, `
    + `generated ${tokens.generated} (${tokens.accepted} by lookup); first words ${Math.round(milliseconds.firstText)} ms, total ${Math.round(milliseconds.total)} ms; `
    + `${(memory.keyValueBytes / 1e6).toFixed(1)} MB of keys and values`;
}

export function exitCodeOf({ outcome }: AnswerResult): number {
  switch (outcome.kind) {
    case 'answered': return exitCodes.success;
    case 'not-found': return exitCodes.nothing;
    case 'cancelled':
    case 'not-ready': return exitCodes.problem;
  }
}
