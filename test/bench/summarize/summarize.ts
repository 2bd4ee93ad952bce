import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { Engine } from '../../../src/engine/engine';
import { Grammars } from '../../../src/engine/workspace';
import { protocolVersion } from '../../../src/protocol';
import type { Bench } from '../bench';
import { readRepository } from '../quality/repository';
import { median, printTable, type Row } from '../report';
import { judge } from './judge';
import { topLevelNames } from './topLevel';

export interface SummarizeOptions {
  readonly repo: string;
  /** Files. */
  readonly episodes: number;
}

interface SourceFile {
  readonly path: string;
  readonly text: string;
  readonly tokens: number;
}

const shortest = 500;
const longest = 64_000;

interface SummaryRow extends Row {
  readonly path: string;
  readonly tokens: number;
  readonly links: number;
  readonly 'right links': number;
  readonly 'top level': number;
  readonly covered: number;
  readonly 'reading ms per 1k tokens': number;
  readonly 'total s': number;
}

/** Summarizes files of all lengths and looks whether what is named exists, what is left out, and how reading time grows. */
export async function summarize(bench: Bench, { repo, episodes }: SummarizeOptions): Promise<object> {
  const { modelDirectory, budgetMegabytes, threads } = bench;
  const root = resolve(repo);
  const files = spread(await filesOf(bench, root), episodes);
  const scratch = await mkdtemp(join(tmpdir(), 'sparsek-bench-'));
  const engine = await Engine.load(
    { protocolVersion, modelDirectory, cacheDirectory: scratch, memoryBudgetMegabytes: budgetMegabytes, threads },
    { progress: () => undefined, log: () => undefined },
  );
  const rows: SummaryRow[] = [];
  try {
    for (const { path, text, tokens } of files) {
      const request = { id: path, path, linkPrefix: '', text };
      const result = await engine.summarize(request, new AbortController().signal, () => undefined);
      const { links, rightLinks, topLevel, covered } = judge(path, text, result.text);
      rows.push({
        path, tokens, links, 'right links': rightLinks, 'top level': topLevel, covered,
        'reading ms per 1k tokens': result.milliseconds.firstToken / tokens * 1000, 'total s': result.milliseconds.total / 1000,
      });
      printTable(rows.slice(-1));
    }
  } finally {
    await engine.dispose();
    await rm(scratch, { recursive: true, force: true });
  }
  const sum = (of: (row: SummaryRow) => number) => rows.reduce((total, row) => total + of(row), 0);
  const long = rows.filter(({ tokens }) => tokens >= 4000).map((row) => row['reading ms per 1k tokens']);
  const summary = {
    files: rows.length,
    'right links': sum((row) => row['right links']) / Math.max(1, sum(({ links }) => links)),
    'top level covered': sum(({ covered }) => covered) / Math.max(1, sum((row) => row['top level'])),
    // Shorter files are read in so few chunks that the start weighs.
    'reading ms per 1k tokens, from 4k on': long.length === 0 ? '' : median(long),
    'largest over smallest': long.length === 0 ? '' : Math.max(...long) / Math.min(...long),
  };
  printTable([summary]);
  return { repository: basename(root), summary, rows };
}

/** Files that declare something a person would look for, shortest first. */
async function filesOf({ tokenizer }: Bench, root: string): Promise<SourceFile[]> {
  using grammars = await Grammars.open(undefined, (message) => { console.error(message); });
  const { files } = await readRepository(root, tokenizer, grammars);
  return files
    .filter(({ path, text }) => topLevelNames(path, text).size > 0)
    .map(({ path, text }) => ({ path, text, tokens: tokenizer.encode(text).length }))
    .filter(({ tokens }) => tokens >= shortest && tokens <= longest)
    .sort((a, b) => a.tokens - b.tokens || (a.path < b.path ? -1 : 1));
}

/** `count` of them whose lengths lie evenly on a log scale, the longest among them. */
function spread(files: readonly SourceFile[], count: number): SourceFile[] {
  if (files.length <= count) return [...files];
  const [low, high] = [Math.log(files[0].tokens), Math.log(files[files.length - 1].tokens)];
  const chosen = new Set<SourceFile>();
  for (let i = count - 1; i >= 0; i--) {
    const wanted = Math.exp(low + (high - low) * (count === 1 ? 1 : i / (count - 1)));
    const free = files.filter((file) => !chosen.has(file));
    chosen.add(free.reduce((best, file) => (Math.abs(file.tokens - wanted) < Math.abs(best.tokens - wanted) ? file : best)));
  }
  return [...chosen].sort((a, b) => a.tokens - b.tokens);
}
