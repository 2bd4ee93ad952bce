import { scoreOf, type LineTask } from '../quality/lines';
import { Table } from '../quality/table';
import { median, quantile, type Row } from '../report';

/** What one way inserts at a cursor. */
export interface Answer {
  readonly text: string;
  /** From the request to the text, with what could be read beforehand read. */
  readonly milliseconds: number;
  /** Tokens that the request had to read. */
  readonly read: number;
}

/** Both ways at one place. */
export interface Pair {
  readonly task: LineTask;
  readonly ours: Answer;
  readonly peer: Answer;
}

const ways = ['ours', 'peer'] as const;

/** Which way has how many lines exactly. */
export interface Counts {
  readonly both: number;
  readonly oursOnly: number;
  readonly peerOnly: number;
  readonly neither: number;
}

export function countPairs(pairs: readonly Pair[]): Counts {
  const exact = pairs.map(({ task, ours, peer }) => [scoreOf(ours.text, task).exact === 1, scoreOf(peer.text, task).exact === 1]);
  const count = (ours: boolean, peer: boolean) => exact.filter(([a, b]) => a === ours && b === peer).length;
  return { both: count(true, true), oursOnly: count(true, false), peerOnly: count(false, true), neither: count(false, false) };
}

/** One row for each way. */
export function wayRows(pairs: readonly Pair[]): Row[] {
  return ways.map((way) => {
    const scores = pairs.map((pair) => scoreOf(pair[way].text, pair.task));
    const times = pairs.map((pair) => pair[way].milliseconds);
    return {
      'way': way,
      'lines exact': percent(mean(scores.map(({ exact }) => exact))),
      'edit similarity': percent(mean(scores.map(({ similarity }) => similarity))),
      'median ms': Math.round(median(times)),
      'p95 ms': Math.round(quantile(times, 0.95)),
      'tokens read, median': median(pairs.map((pair) => pair[way].read)),
    };
  });
}

/** Ours by the peer's, and the difference with its paired standard error, files taken as independent. */
export function comparisonRows(groups: readonly (readonly Pair[])[]): Row[] {
  return (['exact', 'similarity'] as const).map((what) => {
    const table = new Table();
    for (const group of groups) {
      const sum = (way: 'ours' | 'peer') => group.reduce((total, pair) => total + scoreOf(pair[way].text, pair.task)[what], 0);
      table.add(group.length, new Map([['ours', sum('ours')], ['peer', sum('peer')]]));
    }
    const { difference, error } = table.difference('ours', 'peer');
    const peer = table.mean('peer');
    return {
      'of': what === 'exact' ? 'lines exact' : 'edit similarity',
      'ours / peer': peer === 0 ? '-' : (table.mean('ours') / peer).toFixed(2),
      'ours - peer': `${difference < 0 ? '' : '+'}${difference.toFixed(3)}${groups.length < 2 ? '' : ` ± ${error.toFixed(3)}`}`,
    };
  });
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
