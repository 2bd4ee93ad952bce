import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Engine } from '../../../src/engine/engine';
import { defaultDoNotRead, protocolVersion } from '../../../src/protocol';
import type { Bench } from '../bench';
import { median, printTable } from '../report';
import { judge, type Verdict } from './judge';
import { readQuestions } from './questions';

export interface AskOptions {
  readonly repo: string;
  readonly questions: string;
}

/** Puts questions to the engine and compares its answers with what is known: file, lines, fact. */
export async function ask({ modelDirectory, budgetMegabytes, threads }: Bench, options: AskOptions): Promise<object> {
  const root = resolve(options.repo);
  const { repository, commit, questions } = await readQuestions(options.questions);
  const scratch = await mkdtemp(join(tmpdir(), 'sparsek-bench-'));
  const engine = await Engine.load(
    { protocolVersion, modelDirectory, cacheDirectory: scratch, memoryBudgetMegabytes: budgetMegabytes, threads, workspace: { folders: [{ folder: root, doNotRead: defaultDoNotRead }] } },
    { progress: () => undefined, log: () => undefined },
  );
  const verdicts: Verdict[] = [];
  try {
    for (const question of questions) {
      const request = { id: question.id, question: question.question, history: [], mentions: [], open: [], maxTokens: 240, sampling: { temperature: 0, topP: 1 }, encode: 0 };
      const verdict = await judge(root, question, await engine.ask(request, new AbortController().signal, () => undefined));
      verdicts.push(verdict);
      console.log(`${marks(verdict)} ${question.id} ${question.question}`);
    }
  } finally {
    await engine.dispose();
    await rm(scratch, { recursive: true, force: true });
  }
  const summary = summarize(verdicts);
  printTable([summary]);
  return { repository, commit, summary, verdicts };
}

function marks({ firstFile, anyFile, anyLine, fact }: Verdict): string {
  return `${firstFile ? '1' : anyFile ? 'f' : '-'}${anyLine ? 'L' : '-'}${fact ? '+' : '-'}`;
}

/** Shares of all questions; times are medians without the first, which waits for the folder. */
function summarize(verdicts: readonly Verdict[]) {
  const share = (holds: (verdict: Verdict) => boolean) => verdicts.filter(holds).length / verdicts.length;
  const links = verdicts.reduce((sum, verdict) => sum + verdict.links, 0);
  const warm = verdicts.length > 1 ? verdicts.slice(1) : verdicts;
  return {
    'questions': verdicts.length,
    'first source': share(({ firstFile }) => firstFile),
    'a source': share(({ anyFile }) => anyFile),
    'the lines': share(({ anyLine }) => anyLine),
    'named in text': share(({ citedFile }) => citedFile),
    'fact': share(({ fact }) => fact),
    'valid links': links === 0 ? 1 : verdicts.reduce((sum, { validLinks }) => sum + validLinks, 0) / links,
    'first words ms': median(warm.map(({ firstTextMilliseconds }) => firstTextMilliseconds)),
    'first token ms': median(warm.map(({ firstTokenMilliseconds }) => firstTokenMilliseconds)),
    'total ms': median(warm.map(({ totalMilliseconds }) => totalMilliseconds)),
  };
}
