import type { LiveContext, Reading, Recall } from '../../memory';

/** What the model shall have read before it writes. */
export interface Prompt {
  /** Names the conversation among others. */
  readonly document: string;
  /** The system turn: it stays whatever the length of the rest. */
  readonly system: Int32Array;
  /** Everything behind it. */
  readonly text: Int32Array;
  readonly recall: Recall;
}

/** Lets a step of work run when the model is free. What a person is typing goes first: between two steps, others have their turn. */
export type TakeTurn = <T>(step: () => Promise<T>) => Promise<T>;

export interface PromptReading extends Reading {
  /** Tokens of the prompt that were held already. */
  readonly reused: number;
}

/** Tokens of one step: a keystroke's completion waits for no more than that. */
const tokensAtOnce = 128;

/**
 * Reads a prompt as a live part that grows, 128 tokens at a time. What the window cannot hold leaves for the memory on the
 * way, so that a prompt may have any length: the time is linear in it, the bytes are the same.
 *
 * @param onProgress is told how many of the text's tokens are read
 * @throws the signal's reason when aborted; what was read until then is kept
 */
export async function readPrompt(
  context: LiveContext, prompt: Prompt, takeTurn: TakeTurn, signal: AbortSignal, onProgress: (done: number, count: number) => void,
): Promise<PromptReading> {
  const { text, system, ...rest } = prompt;
  const { suffix: most } = context.cache.plan;
  if (system.length > most) throw new RangeError(`A system turn has at most ${most} tokens, not ${system.length}.`);
  let read = 0;
  const held = context.continues({ ...rest, text, pinned: system }) ? commonLength(context.cache.text, text) : 0;
  for (let end = Math.min(held + tokensAtOnce, text.length); ; end = Math.min(end + tokensAtOnce, text.length)) {
    const wanted = { ...rest, pinned: system, text: text.subarray(0, end) };
    const reading = await takeTurn(() => context.read(wanted, signal));
    read += reading.read;
    onProgress(end, text.length);
    if (end === text.length) {
      const needed = read + reading.pending.length;
      return { ...reading, read, reused: Math.max(0, system.length + text.length - needed) };
    }
  }
}

function commonLength(held: readonly number[], wanted: Int32Array): number {
  let length = 0;
  while (length < held.length && length < wanted.length && held[length] === wanted[length]) length++;
  return length;
}
