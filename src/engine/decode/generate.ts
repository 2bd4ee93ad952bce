import type { BoundedCache, Reading } from '../memory';
import { yieldToEvents } from '../yieldToEvents';
import type { RequiredText } from './requiredText';
import type { Sampler } from './sampler';
import { longestRun, type Speculation } from './speculation';

export interface GeneratedToken {
  readonly token: number;
  /**
   * `typed`: spells what was there already and was taken back to be spelled better; `accepted`: proposed and confirmed;
   * `drawn`: one run's own.
   */
  readonly origin: 'typed' | 'accepted' | 'drawn';
}

export interface GenerationOptions {
  readonly sampler: Sampler;
  /** What the text must begin with. Consumed. */
  readonly required: RequiredText;
  /** Proposals to verify, several tokens a run; greedy only. The tokens are the same with and without. */
  readonly speculation?: Speculation;
  /** Whether a token ends the text. */
  ends(token: number): boolean;
  readonly signal: AbortSignal;
}

/**
 * Writes on behind a context, token by token, until a token ends the text or the caller stops asking. What was written and
 * read stays in the cache; the last token is read only when the next is asked for.
 *
 * @throws the signal's reason when aborted, before the next run
 */
export async function* generate(cache: BoundedCache, context: Pick<Reading, 'pending' | 'logits'>, options: GenerationOptions): AsyncGenerator<GeneratedToken, void> {
  let run: Run = context.logits === undefined ? await readPending(cache, context.pending, options) : { proposal: new Int32Array(0), rows: [context.logits] };
  for (;;) {
    const { proposal } = run;
    const { drawn, ended } = verify(run, options);
    const accepted = ended ? drawn.length : drawn.length - 1;
    cache.truncate(cache.text.length - proposal.length + accepted);
    options.speculation?.learn(proposal.length, accepted, drawn.map(({ token }) => token));
    yield* drawn;
    if (ended) return;
    run = await readPending(cache, Int32Array.of(drawn[drawn.length - 1].token), options);
  }
}

/**
 * Reads the pending tokens and a proposal in one run. Old text makes room when a long suggestion has used up its own,
 * always behind the same token, so that the proposals' lengths change nothing.
 *
 * @returns rows behind the last pending token and each proposed one
 */
async function readPending(cache: BoundedCache, pending: Int32Array, { sampler, required, speculation, signal }: GenerationOptions): Promise<Run> {
  if (cache.roomToGenerate === 0) cache.evict();
  const most = Math.min(longestRun, cache.roomToGenerate) - pending.length;
  const proposal = Int32Array.from(speculation?.propose(most) ?? []);
  await yieldToEvents(signal);
  const tokens = concatenate(pending, proposal);
  const which = proposal.length > 0 ? 'all' : 'last';
  // What is drawn greedily, from all tokens, the device may find itself.
  const chosen = sampler.greedy && required.isSpelled ? await cache.appendToMostLikely(tokens, which) : undefined;
  const rows = chosen === undefined ? await cache.append(tokens, which) : Array.from(chosen);
  return { proposal, rows: rows.slice(-1 - proposal.length) };
}

interface Run {
  readonly proposal: Int32Array;
  /** Logits to draw from, or what is drawn from them. */
  readonly rows: readonly (Float32Array | number)[];
}

/** Draws from each row in turn, as long as the proposal says the same as what was drawn. */
function verify({ proposal, rows }: Run, options: GenerationOptions) {
  const { required } = options;
  const drawn: GeneratedToken[] = [];
  for (const [i, row] of rows.entries()) {
    const token = typeof row === 'number' ? row : draw(row, options);
    if (token < 0 || options.ends(token)) return { drawn, ended: true };
    const typed = required.accept(token);
    const confirmed = i < proposal.length && proposal[i] === token;
    drawn.push({ token, origin: originOf(typed, confirmed) });
    if (!confirmed) break;
  }
  return { drawn, ended: false };
}

function draw(row: Float32Array, { sampler, required }: GenerationOptions): number {
  return required.isSpelled ? sampler.draw(row) : sampler.draw(row, (candidate) => required.allows(candidate));
}

function originOf(typed: boolean, confirmed: boolean): GeneratedToken['origin'] {
  if (typed) return 'typed';
  return confirmed ? 'accepted' : 'drawn';
}

function concatenate(a: Int32Array, b: Int32Array): Int32Array {
  const joined = new Int32Array(a.length + b.length);
  joined.set(a);
  joined.set(b, a.length);
  return joined;
}
