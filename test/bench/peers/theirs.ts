import type { Tokenizer } from '../../../src/engine/model';
import type { Peer } from '../peer/llama';
import type { LineTask } from '../quality/lines';
import type { Answer } from './answers';
import { insertion, type Prompts } from './prompt';
import { beforeLastKey } from './tasks';

/** Tokens of a line at most, as ours. */
const mostWritten = 64;
/** Progress is told after so many tokens. */
const told = 1024;
const lineFeed = 0x0a;

/** llama.cpp with one prompt in its cache, of which the common beginning is kept, as its server does. */
export class Theirs {
  private read: readonly number[] = [];

  constructor(private readonly peer: Peer, private readonly tokenizer: Tokenizer, private readonly prompts: Prompts) {}

  /** Reads tokens, but for what they have in common with what was read last. Not timed. */
  async prepare(tokens: readonly number[], tell: (what: string) => void): Promise<void> {
    const common = commonLength(this.read, tokens);
    await this.peer.truncate(common);
    for (let done = common; done < tokens.length; done += told) {
      if (tokens.length - common > told) tell(`peer: ${done} of ${tokens.length} tokens`);
      await this.peer.prefill(tokens.slice(done, done + told));
    }
    this.read = tokens;
  }

  /** The request after a key, with all read that the one before the key has in common with it. @param ring read beforehand */
  async complete(ring: readonly number[], task: LineTask, tell: (what: string) => void): Promise<Answer> {
    const prompt = [...ring, ...this.prompts.request(task)];
    const earlier = [...ring, ...this.prompts.request({ ...task, before: beforeLastKey(task.before) })];
    await this.prepare(prompt.slice(0, Math.min(commonLength(earlier, prompt), prompt.length - 1)), tell);
    const { vocabulary } = this.tokenizer;
    const ends = (token: number) => token >= vocabulary.size || vocabulary.bytesOf(token).includes(lineFeed);
    const rest = prompt.slice(this.read.length);
    const start = performance.now();
    const written = await this.peer.decode(rest, mostWritten, ends);
    const milliseconds = performance.now() - start;
    return { text: insertion(this.tokenizer.decode(written), task), milliseconds, read: rest.length };
  }
}

/** How many tokens at the beginning are the same. */
export function commonLength(a: readonly number[], b: readonly number[]): number {
  const end = Math.min(a.length, b.length);
  for (let i = 0; i < end; i++) if (a[i] !== b[i]) return i;
  return end;
}
