/** What was summed over the items of each episode, by row: every row of the same items. */
export class Table {
  private readonly sums = new Map<string, number[]>();
  private readonly counts: number[] = [];

  /** @param sums of an episode's items, by row; every episode has every row */
  add(count: number, sums: ReadonlyMap<string, number>): void {
    this.counts.push(count);
    for (const [row, sum] of sums) this.sums.set(row, [...this.sums.get(row) ?? [], sum]);
  }

  get episodes(): number {
    return this.counts.length;
  }

  /** Items in all. */
  get items(): number {
    return this.counts.reduce((sum, count) => sum + count, 0);
  }

  get rows(): string[] {
    return [...this.sums.keys()];
  }

  mean(row: string): number {
    return this.total(row) / this.items;
  }

  /**
   * The mean's difference from another row's, and its paired standard error: episodes taken as independent, a ratio
   * estimator over their sums, as in models/training/sparsek_code/table.py.
   */
  difference(row: string, other: string): { readonly difference: number; readonly error: number } {
    const difference = this.mean(row) - this.mean(other);
    const [own, others] = [this.sumsOf(row), this.sumsOf(other)];
    const squares = this.counts.map((count, i) => (own[i] - others[i] - difference * count) ** 2);
    return { difference, error: Math.sqrt(squares.reduce((sum, square) => sum + square, 0)) / this.items };
  }

  /** Sums and counts by episode, for a file. */
  toJSON(): object {
    return { counts: this.counts, sums: Object.fromEntries(this.sums) };
  }

  private total(row: string): number {
    return this.sumsOf(row).reduce((sum, part) => sum + part, 0);
  }

  private sumsOf(row: string): readonly number[] {
    const sums = this.sums.get(row);
    if (sums?.length !== this.counts.length) throw new RangeError(`The row "${row}" is not measured in every episode.`);
    return sums;
  }
}
