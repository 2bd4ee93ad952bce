import { entriesOf, layerGroups, partOf, type EntrySource } from '../../../kernels';
import type { LogitRows, PerGroup, Runtime, RuntimeState, SlotRange } from '../runtime';
import { generationRoom, slotsOf, type MemoryPlan } from './plan';

/**
 * The one key/value cache of a model, in regions:
 *
 *     sink | memory (at most K entries) | pinned (suffix between markers) | window (text)
 *
 * Without pinned tokens it reads a stream; with them it is the context of a completion. Text enters at the window's end
 * and leaves at its front into the memory, C tokens at a time, as soon as there are W + C; what loses there is gone. Text
 * that is only suggested may stand above that until its own room is used up. The cache never grows.
 *
 * Where groups of layers have shares of K of their own, only the memory's length differs among them; all else is one.
 */
export class BoundedCache {
  private constructor(
    private readonly runtime: Runtime,
    private readonly state: RuntimeState,
    readonly plan: MemoryPlan,
    private readonly sink: number,
  ) {
    this.memoryEntries = state.groups.map(() => 0);
    this.slots = slotsOf(plan, state.groups);
    this.capacities = state.groups.map((group) => entriesOf(group, plan.entries));
  }

  private readonly slots: PerGroup<number>;
  /** Entries that the memory of each group of layers can have. */
  private readonly capacities: PerGroup<number>;
  /** Entries that it has. */
  private memoryEntries: PerGroup<number>;
  private pinnedTokens: number[] = [];
  private textTokens: number[] = [];
  private absorbedTokens = 0;
  private skippedTokens: TokenRange[] = [];

  /** Allocates the cache and reads the sink. */
  static async create(runtime: Runtime, plan: MemoryPlan): Promise<BoundedCache> {
    const state = runtime.createState(slotsOf(plan, layerGroups(runtime.manifest)));
    const { sinkTokens } = runtime.manifest;
    await runtime.forward(state, Int32Array.from(sinkTokens), 0, 'none');
    return new BoundedCache(runtime, state, plan, sinkTokens.length);
  }

  get bytes(): number {
    return this.state.bytes;
  }

  /** Entries in the memory, per layer and KV head; the mean, where layers have shares of their own. */
  get entries(): number {
    const { groups } = this.state;
    const [sum, layers] = groups.reduce(([entries, count], group, i) => [entries + group.layers * this.memoryEntries[i], count + group.layers], [0, 0]);
    return Math.round(sum / layers);
  }

  get pinned(): readonly number[] {
    return this.pinnedTokens;
  }

  /** All text read: first what the memory has absorbed (kept or lost there), then the window. */
  get text(): readonly number[] {
    return this.textTokens;
  }

  /** Tokens at the front of {@link text} that have left the window. */
  get absorbed(): number {
    return this.absorbedTokens;
  }

  /** Parts of the absorbed text that were never read, in order. */
  get unread(): readonly TokenRange[] {
    return this.skippedTokens;
  }

  get windowLength(): number {
    return this.textTokens.length - this.absorbedTokens;
  }

  /** Whether it is in the middle of a stream: text is in the window and nothing is pinned. */
  get streams(): boolean {
    return this.pinnedTokens.length === 0 && this.windowLength > 0;
  }

  /** Tokens that the window still takes before its oldest are due to be evicted; negative when suggested text stands above. */
  get room(): number {
    return this.plan.window + this.plan.chunk - this.windowLength;
  }

  /** Tokens that the window takes at all. */
  get roomToGenerate(): number {
    return this.room + generationRoom;
  }

  /**
   * Reads text behind the window.
   *
   * @returns rows of `vocabulary` logits: none, that behind the last token, or one behind each
   * @throws RangeError when there are more tokens than {@link roomToGenerate}
   */
  async append(tokens: Int32Array, logits: LogitRows): Promise<Float32Array[]> {
    this.checkRoom(tokens);
    const rows = await this.runtime.forward(this.state, tokens, this.textTokens.length, logits);
    for (const token of tokens) this.textTokens.push(token);
    return splitRows(rows, this.runtime.manifest.geometry.vocabulary);
  }

  /** As {@link append}, with the most likely tokens instead of rows; undefined, and nothing read, where the runtime has rows only. */
  async appendToMostLikely(tokens: Int32Array, rows: Exclude<LogitRows, 'none'>): Promise<Int32Array | undefined> {
    this.checkRoom(tokens);
    const chosen = await this.runtime.forwardToMostLikely?.(this.state, tokens, this.textTokens.length, rows);
    if (chosen === undefined) return undefined;
    for (const token of tokens) this.textTokens.push(token);
    return chosen;
  }

  /** Reads tokens that stay whatever happens to the text; only while the window is empty. */
  async pin(tokens: Int32Array, logits: LogitRows = 'none'): Promise<Float32Array> {
    if (this.windowLength > 0) throw new Error('Tokens are pinned before the window is read.');
    const rows = await this.runtime.forward(this.state, tokens, 0, logits);
    this.pinnedTokens.push(...tokens);
    return rows;
  }

  /** Runs the last pinned token again for its logits: what follows when there is no text. */
  async rereadLastPinned(): Promise<Float32Array> {
    const last = this.pinnedTokens.pop();
    if (last === undefined || this.windowLength > 0) throw new Error('There is no pinned token at the end.');
    this.state.forget(1);
    return this.pin(Int32Array.of(last), 'last');
  }

  /** The window's oldest C tokens compete with the memory for its K entries. */
  evict(): void {
    this.absorb(this.plan.chunk);
  }

  /** The whole window competes with the memory: what a stream leaves behind. */
  fold(): void {
    this.absorb(this.windowLength);
  }

  /** Where the memory's entries come from, of all layers and heads; an array a group. */
  async sources(): Promise<PerGroup<Int32Array>> {
    return (await this.runtime.extract(this.state, this.memoryRanges)).map(({ sources }) => sources);
  }

  /**
   * Lets memories of other texts, priors added, compete for the K entries, before the live part is read. They are merged, and
   * the merge with the cache's own memory goes on in its slots: as many entries at a time as the live part has slots, since
   * merging is associative.
   */
  admit(memories: readonly EntrySource[], priors: readonly number[]): void {
    if (this.pinnedTokens.length > 0 || this.windowLength > 0) throw new Error('Memories are admitted before the live part is read.');
    if (memories.length === 0) return;
    const merged = this.runtime.merge(memories, priors, this.plan.entries);
    let starts = merged.map(() => 0);
    while (merged.some(({ count }, group) => starts[group] < count)) {
      const ends = this.memoryRanges.map((own, group) => Math.min(merged[group].count, starts[group] + this.slots[group] - own.end));
      this.runtime.insert(this.state, merged.map((memory, group) => partOf(memory, starts[group], ends[group])));
      this.compete(0, ends.map((end, group) => end - starts[group]));
      starts = ends;
    }
  }

  /** Goes on behind text that the memory does not learn of; before the live part is read. */
  skip(tokens: Int32Array): void {
    if (this.pinnedTokens.length > 0 || this.windowLength > 0) throw new Error('Text is skipped before the live part is read.');
    if (tokens.length === 0) return;
    const start = this.absorbedTokens;
    for (const token of tokens) this.textTokens.push(token);
    this.absorbedTokens = this.textTokens.length;
    this.skippedTokens.push({ start, end: this.absorbedTokens });
  }

  /** Forgets text from `length` tokens on; none that was absorbed. */
  truncate(length: number): void {
    if (length < this.absorbedTokens || length > this.textTokens.length) {
      throw new RangeError(`The text of ${this.textTokens.length} tokens cannot be cut to ${length}: ${this.absorbedTokens} are absorbed.`);
    }
    this.state.forget(this.textTokens.length - length);
    this.textTokens.length = length;
  }

  /** Keeps sink and memory. */
  dropLivePart(): void {
    this.truncate(this.absorbedTokens);
    this.state.forget(this.pinnedTokens.length);
    this.pinnedTokens = [];
  }

  /** Keeps the sink. */
  clear(): void {
    this.state.truncate(this.sink);
    this.memoryEntries = this.state.groups.map(() => 0);
    this.pinnedTokens = [];
    this.textTokens = [];
    this.absorbedTokens = 0;
    this.skippedTokens = [];
  }

  /** Where a stream's state lies: memory and window. */
  get streamSlots(): PerGroup<SlotRange> {
    return this.memoryRanges.map(({ start, end }) => ({ start, end: end + this.windowLength }));
  }

  /** Entries in the memory of each group of layers. */
  get groupEntries(): PerGroup<number> {
    return this.memoryEntries;
  }

  /** Takes up a stream whose slots `restore` inserts into the state. @param entries see {@link groupEntries} */
  resume(text: readonly number[], absorbed: number, entries: PerGroup<number>, restore: (runtime: Runtime, state: RuntimeState) => void): void {
    this.clear();
    restore(this.runtime, this.state);
    this.memoryEntries = entries;
    this.textTokens = [...text];
    this.absorbedTokens = absorbed;
  }

  /** For those who copy slots out, with the runtime they belong to. */
  read<T>(reader: (runtime: Runtime, state: RuntimeState) => T): T {
    return reader(this.runtime, this.state);
  }

  dispose(): void {
    this.state.dispose();
  }

  private checkRoom(tokens: Int32Array): void {
    if (tokens.length > this.roomToGenerate) throw new RangeError(`${tokens.length} tokens do not fit in a window with room for ${this.roomToGenerate}.`);
  }

  private absorb(count: number): void {
    if (count === 0) return;
    this.compete(this.pinnedTokens.length, this.capacities.map(() => count));
    this.absorbedTokens += count;
  }

  /** Lets so many slots of each group, `offset` behind the memory, compete with it. */
  private compete(offset: number, counts: PerGroup<number>): void {
    this.runtime.compact(this.state, this.memoryRanges.map((memory, i) => {
      const start = memory.end + offset;
      return { memory, evicted: { start, end: start + counts[i] }, keep: this.capacities[i] };
    }));
    this.memoryEntries = this.memoryEntries.map((entries, i) => Math.min(this.capacities[i], entries + counts[i]));
  }

  private get memoryRanges(): PerGroup<SlotRange> {
    return this.memoryEntries.map((entries) => ({ start: this.sink, end: this.sink + entries }));
  }
}

/** Tokens `start` to `end - 1` of a text. */
export interface TokenRange {
  readonly start: number;
  readonly end: number;
}

function splitRows(logits: Float32Array, width: number): Float32Array[] {
  return Array.from({ length: logits.length / width }, (_, row) => logits.subarray(row * width, (row + 1) * width));
}
