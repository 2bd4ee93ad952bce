import type { Definition } from './definitions';
import type { Piece } from './pack';
import type { Row } from './rows';
import type { Cut, Segment, TokenEncoder } from './segment';
import { splitInHalf } from './splitText';

/** Rows are counted one by one; joined they take as many tokens or fewer, and these few are kept for the exceptions. */
const slack = 4;

/** Turns pieces into segments and makes sure that each one fits as the tokenizer reads it. */
export class SegmentBuilder {
  /** What a piece may cost. */
  readonly budget: number;

  constructor(
    private readonly path: string,
    private readonly header: string,
    private readonly encoder: TokenEncoder,
    private readonly maxTokens: number,
  ) {
    this.budget = maxTokens - encoder.encode(header).length - slack;
  }

  /** Piece by piece. */
  *build(pieces: readonly Piece[], rows: readonly Row[], definitions: readonly Definition[]): Generator<void, Segment[]> {
    const segments: Segment[] = [];
    let next = 0;
    for (const piece of pieces) {
      const first = next;
      while (next < rows.length && rows[next].line < piece.end) next++;
      segments.push(...this.fit(rows.slice(first, next), piece.cut, definitions));
      yield;
    }
    return segments;
  }

  /** One segment of the rows, or several when they are too long: a single line of many rows is. */
  private fit(rows: readonly Row[], cut: Cut, definitions: readonly Definition[]): Segment[] {
    const whole = this.cost(rows) <= this.budget ? this.segmentOf(rows, cut, definitions) : undefined;
    if (whole !== undefined && whole.tokens.length <= this.maxTokens) return [whole];
    const [before, after] = halves(rows);
    return [...this.fit(before, cut, definitions), ...this.fit(after, 'line', definitions)];
  }

  private cost(rows: readonly Row[]): number {
    return rows.reduce((sum, row) => sum + row.cost, 0);
  }

  private segmentOf(rows: readonly Row[], cut: Cut, definitions: readonly Definition[]): Segment {
    const [first, last] = [rows[0].line, rows[rows.length - 1].line];
    const body = rows.map((row) => row.text).join('');
    const names = definitions.filter(({ line }) => line >= first && line <= last).map(({ name }) => name);
    return {
      path: this.path,
      startLine: first + 1,
      endLine: last + 1,
      header: this.header,
      body,
      tokens: Int32Array.from(this.encoder.encode(this.header + body)),
      cut,
      definitions: [...new Set(names)],
    };
  }
}

function halves(rows: readonly Row[]): [readonly Row[], readonly Row[]] {
  if (rows.length > 1) {
    const half = Math.ceil(rows.length / 2);
    return [rows.slice(0, half), rows.slice(half)];
  }
  const [row] = rows;
  const [before, after] = splitInHalf(row.text);
  return [[{ ...row, text: before }], [{ ...row, text: after }]];
}
