import type { LineMemory, MemoryViewRequest } from '../../../protocol';
import type { KeptEntries } from './keptEntries';
import type { TokenLines } from './tokenLines';

interface LineSum {
  tokens: number;
  kept: number;
  live: boolean;
  readonly layers: number[];
}

/** Adds up, line by line, what is kept of a document's tokens, which come in parts. */
export class LineShares {
  private readonly sums = new Map<number, LineSum>();

  constructor(private readonly entries: KeptEntries, private readonly detail: MemoryViewRequest['detail']) {}

  /** Tokens that compete for the memory. @param first the source of the first one */
  addCompeting(lines: TokenLines, first: number): void {
    const { entries, detail } = this;
    const counts = entries.rowsKeeping(first, lines.length);
    eachLine(lines, (line, token) => this.add(line, counts[token] / entries.rows, false));
    if (detail === undefined) return;
    for (let layer = 0; layer < entries.layers; layer++) {
      const heads = entries.headsKeeping(layer, first, lines.length);
      eachLine(lines, (line, token) => this.addToLayer(line, layer, heads[token] / entries.keyValueHeads));
    }
  }

  /** Tokens around the cursor, kept whole. */
  addLive(lines: TokenLines): void {
    eachLine(lines, (line) => {
      this.add(line, 1, true);
      if (this.detail !== undefined) for (let layer = 0; layer < this.entries.layers; layer++) this.addToLayer(line, layer, 1);
    });
  }

  /** Tokens that were never read. */
  addUnread(lines: TokenLines): void {
    eachLine(lines, (line) => this.add(line, 0, false));
  }

  /** Lines of which something is kept, or those that were asked for, in order. */
  result(): LineMemory[] {
    const { detail } = this;
    const found = [...this.sums].filter(([line, { kept }]) => (detail === undefined ? kept > 0 : isIn(line, detail)));
    return found.sort(([a], [b]) => a - b).map(([line, { tokens, kept, live, layers }]) => ({
      line, tokens, kept: kept / tokens, live,
      ...(detail === undefined ? {} : { layers: Array.from({ length: this.entries.layers }, (_, layer) => (layers.at(layer) ?? 0) / tokens) }),
    }));
  }

  private add(line: number, kept: number, live: boolean): void {
    const sum = this.sums.get(line);
    if (sum === undefined) {
      this.sums.set(line, { tokens: 1, kept, live, layers: [] });
      return;
    }
    sum.tokens++;
    sum.kept += kept;
    sum.live ||= live;
  }

  private addToLayer(line: number, layer: number, kept: number): void {
    if (this.detail === undefined || !isIn(line, this.detail)) return;
    const layers = this.sums.get(line)?.layers;
    if (layers !== undefined) layers[layer] = (layers.at(layer) ?? 0) + kept;
  }
}

/** A token counts in every line that it has a character of. */
function eachLine(lines: TokenLines, use: (line: number, token: number) => void): void {
  for (let token = 0; token < lines.length; token++) for (let line = lines.firstOf(token); line <= lines.lastOf(token); line++) use(line, token);
}

function isIn(line: number, { startLine, endLine }: NonNullable<MemoryViewRequest['detail']>): boolean {
  return line >= startLine && line <= endLine;
}
