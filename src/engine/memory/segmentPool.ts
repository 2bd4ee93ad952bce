import type { Runtime } from '../runtime';
import { SegmentEncoder } from './encode';
import { SegmentMemories } from './segmentMemories';

/** The memories of segments that are held, and what encodes them: once for a model, whatever the number of workspaces. */
export class SegmentPool {
  private constructor(readonly encoder: SegmentEncoder, readonly memories: SegmentMemories) {}

  /** Allocates what the plan states. @param memories where contexts look for what they recall */
  static async create(runtime: Runtime, memories: SegmentMemories): Promise<SegmentPool> {
    return new SegmentPool(await SegmentEncoder.create(runtime), memories);
  }

  /** Bytes of keys and values by now; at most the plan's `segmentBytes`. */
  get bytes(): number {
    return this.encoder.bytes + this.memories.bytes;
  }

  dispose(): void {
    this.encoder.dispose();
  }
}
