import type { SamplingOptions } from '../../../protocol';
import { createSampler, generate, Lookup, RequiredText, Speculation } from '../../decode';
import type { LiveContext, Reading } from '../../memory';
import type { Vocabulary } from '../../model';
import type { TakeTurn } from './chatContext';
import { repetitionStart } from './repetition';
import { WrittenText } from './writtenText';

export interface WritingOptions {
  readonly sampling: SamplingOptions;
  readonly maxTokens: number;
  /** Tokens that were read before, to look repetitions up in. */
  readonly before: Int32Array;
  readonly vocabulary: Vocabulary;
  /** Ends the text before the line break that would follow: for answers of one line. */
  readonly oneLine?: boolean;
  readonly signal: AbortSignal;
}

export interface Writing {
  /** All of it so far, of whole characters. */
  readonly text: string;
  /** Every token that was drawn, also those behind a cut. */
  readonly tokens: readonly number[];
  readonly accepted: number;
  /** Set with the last. */
  readonly ending?: 'model' | 'limit' | 'repetition';
}

/**
 * Writes a turn behind a reading, and yields it as it grows. A model this small does not always stop by itself when it goes
 * round in circles: then the text is cut before the second round. What was yielded is only ever cut in the last one.
 *
 * @throws the signal's reason when aborted
 */
export async function* writeTurn(context: LiveContext, reading: Reading, takeTurn: TakeTurn, options: WritingOptions): AsyncGenerator<Writing, void> {
  const { vocabulary, maxTokens, before, sampling, signal } = options;
  const sampler = createSampler(sampling);
  const tokens = generate(context.cache, reading, {
    sampler,
    required: new RequiredText(new Int32Array(0), 0, vocabulary),
    ...(sampler.greedy ? { speculation: new Speculation(new Int32Array(0), new Lookup(before, new Int32Array(0), maxTokens)) } : {}),
    ends: (token) => token >= vocabulary.size,
    signal,
  });
  const written = new WrittenText(vocabulary);
  const drawn: number[] = [];
  let accepted = 0;
  for (;;) {
    const next = await takeTurn(() => tokens.next());
    if (next.done === true) {
      yield { text: written.text, tokens: [...drawn], accepted, ending: 'model' };
      return;
    }
    drawn.push(next.value.token);
    if (next.value.origin === 'accepted') accepted++;
    written.push(next.value.token);
    const { text } = written;
    const lineEnd = options.oneLine === true ? text.trimStart().indexOf('\n') : -1;
    if (lineEnd >= 0) {
      yield { text: text.trimStart().slice(0, lineEnd), tokens: [...drawn], accepted, ending: 'model' };
      return;
    }
    const stuck = repetitionStart(text);
    if (stuck !== undefined) {
      yield { text: text.slice(0, stuck).trimEnd(), tokens: [...drawn], accepted, ending: 'repetition' };
      return;
    }
    if (drawn.length >= maxTokens) {
      yield { text, tokens: [...drawn], accepted, ending: 'limit' };
      return;
    }
    yield { text, tokens: [...drawn], accepted };
  }
}
