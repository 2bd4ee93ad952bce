import { joinLayers } from '../../../kernels';
import type { Runtime, RuntimeState } from '../runtime';
import { maxSegmentTokens } from '../workspace/segment/segment';
import { yieldToEvents } from '../yieldToEvents';
import type { Memory } from './memory';

/**
 * m: entries of a segment that are kept, per layer and KV head. 256 of 1,020 merge to as good a memory as all, and a pool
 * of few segments still leaves a choice.
 */
export const storedEntries = 256;

/**
 * Tokens of one run. A run cannot be cancelled, and encoding goes on in the background of typing; shorter runs would cost
 * more a token.
 */
const tokensAtOnce = 64;

/** Slots of the state that segments are read in. */
export function encoderSlots(sink: number): number {
  return sink + maxSegmentTokens;
}

/**
 * Encodes segments, each alone behind the sink: without the sink every segment would grow one of its own, and the memory
 * would fill with them. It has a state of its own, since the live cache holds what the next keystroke continues: to take
 * that away and read it again would cost more than the 25 MB (for the 0.5B model) that the plan states for it.
 */
export class SegmentEncoder {
  private last: Promise<unknown> = Promise.resolve();

  private constructor(
    private readonly runtime: Runtime,
    private readonly state: RuntimeState,
    private readonly sink: number,
  ) {}

  /** Allocates the state and reads the sink. */
  static async create(runtime: Runtime): Promise<SegmentEncoder> {
    const { sinkTokens } = runtime.manifest;
    const state = runtime.createState(encoderSlots(sinkTokens.length));
    await runtime.forward(state, Int32Array.from(sinkTokens), 0, 'none');
    return new SegmentEncoder(runtime, state, sinkTokens.length);
  }

  get bytes(): number {
    return this.state.bytes;
  }

  /**
   * The best {@link storedEntries} of a segment per layer and KV head (all, when it has fewer tokens), in source order; the
   * source of its first token is 0. No tokens give an empty memory. One at a time, in the order of the calls: several
   * windows, or a question and the reading in pauses, may ask at once.
   *
   * @throws RangeError when there are more tokens than a segment may have
   * @throws the signal's reason when aborted
   */
  encode(tokens: Int32Array, signal: AbortSignal): Promise<Memory> {
    const memory = this.last.then(() => this.encodeNow(tokens, signal));
    this.last = memory.catch(() => undefined);
    return memory;
  }

  private async encodeNow(tokens: Int32Array, signal: AbortSignal): Promise<Memory> {
    if (tokens.length > maxSegmentTokens) throw new RangeError(`A segment has at most ${maxSegmentTokens} tokens, not ${tokens.length}.`);
    this.state.truncate(this.sink);
    for (let start = 0; start < tokens.length; start += tokensAtOnce) {
      await yieldToEvents(signal);
      await this.runtime.forward(this.state, tokens.slice(start, start + tokensAtOnce), start, 'none');
    }
    const ranges = this.state.lengths.map((end) => ({ start: this.sink, end }));
    return joinLayers(await this.runtime.extract(this.state, ranges, storedEntries));
  }

  dispose(): void {
    this.state.dispose();
  }
}
