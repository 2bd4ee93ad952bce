import { writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';

/** The middle value; the mean of the two middle ones for an even count. */
export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** Linear interpolation between the closest ranks. @throws RangeError for an empty list. */
export function quantile(values: readonly number[], share: number): number {
  if (values.length === 0) throw new RangeError('A quantile of nothing was asked for.');
  const sorted = [...values].sort((a, b) => a - b);
  const rank = (sorted.length - 1) * share;
  const below = Math.floor(rank);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below] + (sorted[above] - sorted[below]) * (rank - below);
}

export type Row = Readonly<Record<string, string | number>>;

/** Prints rows as an aligned table: the first row's keys are the columns. */
export function printTable(rows: readonly Row[]): void {
  if (rows.length === 0) return;
  const columns = Object.keys(rows[0]);
  const cells = [columns, ...rows.map((row) => columns.map((column) => show(row[column])))];
  const widths = columns.map((_, index) => Math.max(...cells.map((line) => line[index].length)));
  for (const line of cells) console.log(line.map((cell, index) => cell.padStart(widths[index])).join('  '));
}

function show(value: string | number): string {
  if (typeof value === 'string') return value;
  return Number.isInteger(value) ? String(value) : value.toPrecision(4);
}

/** Every figure beside the machine it was taken on. */
export async function saveJson(path: string, benchmark: string, figures: object): Promise<void> {
  const processors = cpus();
  const machine = { processor: processors[0]?.model.trim() ?? 'unknown', cores: processors.length, node: process.version };
  const report = { benchmark, takenAt: new Date().toISOString(), machine, ...figures };
  await writeFile(path, `${JSON.stringify(report, null, 2)}\n`);
}
