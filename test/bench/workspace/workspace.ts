import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { grammarFor } from '../../../src/engine/workspace/segment/language';
import type { Bench } from '../bench';
import { printTable } from '../report';
import type { Measurement } from './measure';
import { chooseTarget, filesOf, writeSample, type Sample } from './sample';

/** Tokens of a workspace; the smaller ones are read whole as well, which takes minutes on a processor. */
const sizes = [{ tokens: 14_000, whole: true }, { tokens: 60_000, whole: true }, { tokens: 200_000, whole: false }, { tokens: 1_000_000, whole: false }];

type Figures = Readonly<Record<string, number>>;

/**
 * A person completes in one file of a workspace of growing size, as in real use: the folder is indexed, what the place wants is
 * encoded, the rest is not. Two engines after one another share a store. The first row is the same file without a workspace.
 *
 * @throws Error when the repository has no file to complete in
 */
export async function workspace(bench: Bench, { repo }: { readonly repo: string }): Promise<object> {
  const files = await filesOf(resolve(repo));
  const scratch = await mkdtemp(join(tmpdir(), 'sparsek-bench-'));
  const rows: { workspace: string; figures: Figures }[] = [];
  try {
    const cacheDirectory = join(scratch, 'cache');
    const smallest = await writeSample(join(scratch, String(sizes[0].tokens)), files, sizes[0].tokens, bench);
    const { path: target } = chooseTarget(files.filter(({ path }) => smallest.files.includes(path)), bench);
    console.error(`Completing in ${JSON.stringify(target)}`);
    rows.push({ workspace: 'none', figures: await measure(bench, cacheDirectory, { target, touched: '', whole: false }, smallest.folder) });
    for (const { tokens, whole } of sizes) {
      const sample = await writeSample(join(scratch, String(tokens)), files, tokens, bench);
      if (sample.tokens < tokens) {
        console.error(`The repository has ${sample.tokens} tokens: ${tokens} are not measured.`);
        break;
      }
      const cache = join(cacheDirectory, String(tokens));
      const figures = await measure(bench, cache, { target, touched: touchedIn(sample, target), whole, folder: sample.folder }, sample.folder);
      rows.push({ workspace: `${sample.tokens} tokens`, figures: { tokens: sample.tokens, files: sample.files.length, ...figures, 'index MB': await indexBytes(cache) / 1e6 } });
      console.error(`${sample.tokens} tokens measured`);
    }
  } finally {
    await rm(scratch, { recursive: true, force: true, maxRetries: 5 });
  }
  const names = [...new Set(rows.flatMap(({ figures }) => Object.keys(figures)))];
  printTable(names.map((name) => {
    const columns = rows.map((row): [string, number | string] => [row.workspace, name in row.figures ? row.figures[name] : '-']);
    return { figure: name, ...Object.fromEntries(columns) };
  }));
  return { rows };
}

function touchedIn({ files }: Sample, target: string): string {
  return files.find((path) => path !== target && grammarFor(path) !== undefined) ?? target;
}

async function measure(
  { root, modelDirectory, budgetMegabytes, threads }: Bench, cacheDirectory: string, what: Omit<Measurement, 'modelDirectory' | 'cacheDirectory' | 'budgetMegabytes' | 'threads'>, folder: string,
): Promise<Figures> {
  const options: Measurement = { modelDirectory, cacheDirectory, budgetMegabytes, threads, ...what };
  const program = fileURLToPath(new URL('measure.ts', import.meta.url));
  const { stdout, stderr } = await promisify(execFile)(process.execPath, ['--import', 'tsx', program, JSON.stringify(options), folder], { cwd: root, maxBuffer: 1 << 24 });
  if (stderr !== '') console.error(stderr.trim());
  return JSON.parse(stdout) as Figures;
}

/** Of the one index in a store. */
async function indexBytes(cache: string): Promise<number> {
  const store = join(cache, 'store');
  const folder = (await readdir(store)).find((name) => name.startsWith('indexes-'));
  if (folder === undefined) return 0;
  const sums = await Promise.all((await readdir(join(store, folder))).map(async (name) => (await stat(join(store, folder, name))).size));
  return sums.reduce((sum, bytes) => sum + bytes, 0);
}
