import { basename, resolve } from 'node:path';
import { Grammars } from '../../../src/engine/workspace';
import { Random } from '../../fixtures/random';
import type { Bench } from '../bench';
import { obtainBase } from '../peer/base';
import { startPeer } from '../peer/llama';
import { scoreOf, type LineTask } from '../quality/lines';
import type { QualityOptions } from '../quality/quality';
import { readRepository } from '../quality/repository';
import { printTable } from '../report';
import { comparisonRows, countPairs, wayRows, type Answer, type Pair } from './answers';
import { Ours } from './ours';
import { Prompts } from './prompt';
import { Rings } from './ring';
import { drawGroups } from './tasks';
import { Theirs } from './theirs';

const seed = 7;
/** As many as the base was trained for; the ring and a request take about half. */
const contextTokens = 32_768;
/** What a ring may take of them: beyond it the oldest chunks go. */
const mostRingTokens = 24_576;

/**
 * Lines that use names of other files, completed by the engine with the workspace's memory and by the same base in llama.cpp
 * with the prompt of llama.vscode.
 *
 * @throws ProblemError when the folder or the model cannot be read
 */
export async function peers(bench: Bench, { repo, episodes, seconds, keep }: QualityOptions): Promise<object> {
  const begun = performance.now();
  const { tokenizer, manifest, cacheDirectory, plan } = bench;
  const folder = resolve(repo);
  using grammars = await Grammars.open(undefined, (message) => { console.error(message); });
  const repository = await readRepository(folder, tokenizer, grammars);
  const rings = new Rings(repository.files);
  const prompts = new Prompts(tokenizer, manifest.specialTokens);
  const gguf = obtainBase(bench.root, cacheDirectory);
  await using ours = await Ours.start(bench, folder);
  await using peer = await startPeer(cacheDirectory, gguf, contextTokens, ours.threads);
  console.log(`Ours: K=${plan.entries}, W=${plan.window}, ${ours.threads} threads. Peer: ${peer.description}.`);
  const theirs = new Theirs(peer, tokenizer, prompts);
  const groups: Pair[][] = [];
  const figures = () => ({ packVersion: manifest.packVersion, seed, entries: plan.entries, window: plan.window, peer: peer.description, ...figuresOf(groups) });
  for (const tasks of drawGroups(repository, tokenizer, new Random(seed))) {
    const { path } = tasks[0];
    const number = `file ${groups.length + 1} of ${episodes}, ${JSON.stringify(path)}`;
    const chunks = rings.ringFor(tasks);
    console.error(`${number}: the peer has had open ${chunks.map((chunk) => chunk.path).join(', ')}`);
    while (prompts.ring(basename(folder), chunks).length > mostRingTokens) chunks.shift();
    const ring = prompts.ring(basename(folder), chunks);
    await theirs.prepare(ring, (what) => { console.error(`${number}: ${what}`); });
    const pairs: Pair[] = [];
    for (const [i, task] of tasks.entries()) {
      const tell = (what: string) => { console.error(`${number}, line ${i + 1} of ${tasks.length}: ${what}`); };
      const pair = { task, ours: await ours.complete(task, tell), peer: await theirs.complete(ring, task, tell) };
      pairs.push(pair);
      tell(`wanted ${JSON.stringify(task.expected)}, ${described('ours', pair.ours)}, ${described('peer', pair.peer)}`);
    }
    groups.push(pairs);
    await keep(figures());
    if (groups.length === episodes || performance.now() - begun > 1000 * seconds) break;
  }
  report(groups);
  return figures();
}

function described(way: string, { text, milliseconds }: Answer): string {
  return `${way} ${JSON.stringify(text)} in ${Math.round(milliseconds)} ms`;
}

function report(groups: readonly (readonly Pair[])[]): void {
  if (groups.length === 0) throw new Error('No file of the repository has three lines that use names of other files: choose another one.');
  const pairs = groups.flat();
  console.log(`${pairs.length} lines of ${groups.length} files.`);
  printTable(wayRows(pairs));
  printTable(comparisonRows(groups));
  const counts = countPairs(pairs);
  console.log(`Exact: both ${counts.both}, ours only ${counts.oursOnly}, peer only ${counts.peerOnly}, neither ${counts.neither}.`);
}

function figuresOf(groups: readonly (readonly Pair[])[]): object {
  const pairs = groups.flat();
  return { rows: wayRows(pairs), comparison: comparisonRows(groups), counts: countPairs(pairs), lines: pairs.map(asJson) };
}

function asJson({ task, ours, peer }: Pair): object {
  const one = (answer: Answer) => ({ ...answer, ...scoreOf(answer.text, task) });
  return { path: task.path, line: lineOf(task), expected: task.expected, ours: one(ours), peer: one(peer) };
}

/** 1-based. */
function lineOf({ before }: LineTask): number {
  return before.split('\n').length;
}
