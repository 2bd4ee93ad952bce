import type { PerGroup } from '../../../kernels';
import type { BoundedCache } from './boundedCache';
import { CheckpointBuffer, CheckpointScratch } from './checkpoint';
import type { CheckpointShape } from './plan';
import { prefixKeys } from './prefixKeys';

interface Checkpoint {
  readonly document: string;
  /** Tokens read. */
  readonly position: number;
  /** Of {@link prefixKeys}: names the tokens read by their content. */
  readonly key: string;
  readonly buffer: CheckpointBuffer;
}

/**
 * States of files' streams to come back to: after an edit or a jump a stream resumes from the last one before it. They are
 * found by the content of what was read, so an edit behind a checkpoint, or undone, does not cost it.
 *
 * There are at most `capacity`. When one more is saved, the one goes whose loss costs the fewest tokens to read again: along
 * a file they spread out evenly as it gets longer, and the newest always stays.
 */
export class CheckpointStore {
  /** Oldest first. */
  private checkpoints: Checkpoint[] = [];
  private readonly free: CheckpointBuffer[];
  /** Of all buffers: taken at once, as the plan states them. */
  readonly bytes: number;

  constructor(capacity: number, private readonly chunk: number, shapes: PerGroup<CheckpointShape>) {
    const scratch = new CheckpointScratch(shapes);
    this.free = Array.from({ length: capacity }, () => new CheckpointBuffer(shapes, scratch));
    this.bytes = this.free.reduce((sum, buffer) => sum + buffer.bytes, 0);
  }

  get positions(): number[] {
    return this.checkpoints.map(({ position }) => position);
  }

  /** Copies a stream that stands at a chunk's boundary. */
  async save(document: string, cache: BoundedCache): Promise<void> {
    const tokens = Int32Array.from(cache.text);
    const key = prefixKeys(tokens, this.chunk).at(-1);
    if (this.bytes === 0 || key === undefined || tokens.length % this.chunk !== 0) return;
    const known = this.checkpoints.find((checkpoint) => checkpoint.key === key);
    if (known !== undefined) {
      this.moveToEnd(known);
      return;
    }
    const buffer = this.free.pop() ?? this.release();
    try {
      await buffer.write(cache);
    } catch (error) {
      this.free.push(buffer);
      throw error;
    }
    this.checkpoints.push({ document, position: tokens.length, key, buffer });
  }

  /** Tokens that the best checkpoint for a text spares reading; 0 when there is none. */
  covers(tokens: Int32Array): number {
    return this.find(tokens)?.position ?? 0;
  }

  /** Brings the cache to the best checkpoint for a text. @returns whether there was one; without, the cache is as it was */
  restore(tokens: Int32Array, cache: BoundedCache): boolean {
    const checkpoint = this.find(tokens);
    if (checkpoint === undefined) return false;
    checkpoint.buffer.restore(cache, Array.from(tokens.subarray(0, checkpoint.position)));
    this.moveToEnd(checkpoint);
    return true;
  }

  /** Drops the checkpoints of some documents. */
  forget(belongs: (document: string) => boolean): void {
    for (const { document, buffer } of this.checkpoints) if (belongs(document)) this.free.push(buffer);
    this.checkpoints = this.checkpoints.filter(({ document }) => !belongs(document));
  }

  private find(tokens: Int32Array): Checkpoint | undefined {
    const positions = new Map(prefixKeys(tokens, this.chunk).map((key, i) => [key, (i + 1) * this.chunk]));
    return this.checkpoints
      .filter(({ key, position }) => positions.get(key) === position)
      .reduce<Checkpoint | undefined>((best, next) => (best === undefined || next.position > best.position ? next : best), undefined);
  }

  /** Takes the least useful checkpoint out. Of several the oldest. */
  private release(): CheckpointBuffer {
    const victim = this.checkpoints.reduce((least, next) => (this.costOf(next) < this.costOf(least) ? next : least));
    this.checkpoints = this.checkpoints.filter((checkpoint) => checkpoint !== victim);
    return victim.buffer;
  }

  /** Tokens between a checkpoint and the one before it in the same document: what its loss makes read again. */
  private costOf({ document, position }: Checkpoint): number {
    const before = this.checkpoints.filter((other) => other.document === document && other.position < position);
    return position - Math.max(0, ...before.map((other) => other.position));
  }

  private moveToEnd(checkpoint: Checkpoint): void {
    this.checkpoints = [...this.checkpoints.filter((other) => other !== checkpoint), checkpoint];
  }
}
