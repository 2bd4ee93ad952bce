import { resolve } from 'node:path';
import { verifyFiles } from '../../../src/engine/model';
import { CpuRuntime } from '../../../src/engine/runtime';
import { Grammars } from '../../../src/engine/workspace';
import { Random } from '../../fixtures/random';
import type { Bench } from '../bench';
import { printTable, type Row } from '../report';
import { drawEpisodes } from './episodes';
import { drawLine } from './lines';
import { Measure, none, text } from './measure';
import { namesElsewhere, readRepository } from './repository';
import { SharedTokens } from './sharedTokens';
import { Table } from './table';

const seed = 7;

export interface QualityOptions {
  readonly repo: string;
  readonly episodes: number;
  /** No further one is begun after so many. */
  readonly seconds: number;
  /** Called with the figures so far after every file: a run cut short loses none. */
  readonly keep: (figures: object) => Promise<void>;
}

interface Tables {
  readonly loss: Table;
  readonly exact: Table;
  readonly similarity: Table;
}

/**
 * What the memory is worth on a repository, through the engine's own parts: loss on tokens of a file that only other files
 * can tell, and lines completed that use their names, behind no context, memories and retrieved text.
 *
 * @throws ProblemError when the folder or the model cannot be read
 */
export async function quality({ modelDirectory, manifest, tokenizer, threads, cacheDirectory, plan }: Bench, { repo, episodes, seconds, keep }: QualityOptions): Promise<object> {
  const begun = performance.now();
  await verifyFiles(modelDirectory, manifest, { cacheDirectory, onProgress: () => undefined });
  using grammars = await Grammars.open(undefined, (message) => { console.error(message); });
  const repository = await readRepository(resolve(repo), tokenizer, grammars);
  const { files } = repository;
  const shared = new SharedTokens(files.flatMap(({ segments }) => segments.map(({ tokens }) => tokens)));
  console.error(`${repo}: ${files.length} files, ${repository.workspace.progress.segments} segments`);
  const runtime = await CpuRuntime.load(modelDirectory, manifest, threads);
  const measure = await Measure.create(runtime, tokenizer, plan);
  const tables = { loss: new Table(), exact: new Table(), similarity: new Table() };
  const random = new Random(seed);
  try {
    for await (const episode of drawEpisodes(repository, tokenizer, shared, random)) {
      const number = `episode ${tables.loss.episodes + 1} of ${episodes}, ${JSON.stringify(episode.file.path)}`;
      const tell = (what: string) => { console.error(`${number}: ${what}`); };
      tables.loss.add(episode.places.length, await measure.losses(episode, tell));
      tell(`cross-file loss so far: ${tables.loss.rows.map((row) => `${row} ${tables.loss.mean(row).toFixed(3)}`).join(', ')}`);
      const line = drawLine(episode.file, episode.target, namesElsewhere(files, episode.file.path), tokenizer, random);
      if (line !== undefined) {
        const scores = await measure.line(line, repository, tell);
        tables.exact.add(1, new Map([...scores].map(([row, { exact }]) => [row, exact])));
        tables.similarity.add(1, new Map([...scores].map(([row, { similarity }]) => [row, similarity])));
      }
      await keep(figuresOf(tables, manifest.packVersion));
      if (tables.loss.episodes === episodes || performance.now() - begun > 1000 * seconds) break;
    }
  } finally {
    measure.dispose();
    await runtime.dispose();
  }
  report(tables, manifest.packVersion);
  return figuresOf(tables, manifest.packVersion);
}

function report({ loss, exact, similarity }: Tables, packVersion: string): void {
  if (loss.episodes === 0) throw new Error('No file of the repository is long enough and has tokens that other files tell: choose another one.');
  console.log(`Cross-file tokens: ${loss.items} in ${loss.episodes} files. Lines: ${exact.items}. Pack ${packVersion}.`);
  printTable(lossRows(loss));
  printTable(lineRows(exact, similarity));
}

function figuresOf({ loss, exact, similarity }: Tables, packVersion: string): object {
  const lines = { rows: lineRows(exact, similarity), exact: exact.toJSON(), similarity: similarity.toJSON() };
  return { packVersion, seed, loss: { rows: lossRows(loss), ...loss.toJSON() }, lines };
}

function lossRows(loss: Table): Row[] {
  return loss.rows.map((row) => ({
    'context': row,
    'cross-file loss': loss.mean(row),
    'against none': signed(loss.difference(row, none)),
    'against text': signed(loss.difference(row, text)),
  }));
}

function lineRows(exact: Table, similarity: Table): Row[] {
  return exact.rows.map((row) => ({
    'context': row,
    'lines exact': percent(exact.mean(row)),
    'edit similarity': percent(similarity.mean(row)),
    'similarity against none': signed(similarity.difference(row, none)),
  }));
}

function signed({ difference, error }: { readonly difference: number; readonly error: number }): string {
  return `${difference < 0 ? '' : '+'}${difference.toFixed(3)} ± ${error.toFixed(3)}`;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
