import type { SamplingOptions } from '../../protocol';

/** Whether a token may be drawn; without one, all may. */
export type TokenFilter = (token: number) => boolean;

/** Draws a token from a row of logits. */
export interface Sampler {
  /** The most likely token, always: a proposal can be verified without changing what is drawn. */
  readonly greedy: boolean;
  /** @returns -1 when no token may be drawn */
  draw(logits: Float32Array, allowed?: TokenFilter): number;
}

export function createSampler({ temperature, topP, seed }: SamplingOptions): Sampler {
  if (temperature <= 0) return { greedy: true, draw: mostLikely };
  const random = seededRandom(seed ?? Math.floor(Math.random() * 2 ** 32));
  return { greedy: false, draw: (logits, allowed) => drawNucleus(logits, temperature, topP, random(), allowed) };
}

/** The first of the largest. */
export function mostLikely(logits: Float32Array, allowed?: TokenFilter): number {
  let best = -1;
  let largest = -Infinity;
  for (let token = 0; token < logits.length; token++) {
    if (logits[token] > largest && (allowed === undefined || allowed(token))) {
      largest = logits[token];
      best = token;
    }
  }
  return best;
}

/**
 * Nucleus sampling (Holtzman et al. 2020, arXiv 1904.09751): from the smallest set of most likely tokens whose probability
 * at this temperature reaches `topP`.
 *
 * @param point uniform in [0, 1)
 */
export function drawNucleus(logits: Float32Array, temperature: number, topP: number, point: number, allowed?: TokenFilter): number {
  const first = mostLikely(logits, allowed);
  if (first < 0) return -1;
  // What is e^-20 times as likely as the best token does not matter and would only have to be sorted.
  const floor = logits[first] - 20 * temperature;
  const candidates: { token: number; weight: number }[] = [];
  for (let token = 0; token < logits.length; token++) {
    if (logits[token] < floor || (allowed !== undefined && !allowed(token))) continue;
    candidates.push({ token, weight: Math.exp((logits[token] - logits[first]) / temperature) });
  }
  candidates.sort((a, b) => b.weight - a.weight || a.token - b.token);
  const total = candidates.reduce((sum, { weight }) => sum + weight, 0);
  let nucleus = 0;
  let size = 0;
  while (size < candidates.length && (size === 0 || nucleus < topP * total)) nucleus += candidates[size++].weight;
  let rest = point * nucleus;
  for (const { token, weight } of candidates.slice(0, size)) {
    rest -= weight;
    if (rest < 0) return token;
  }
  return candidates[size - 1].token;
}

/** Mulberry32: 2^32 states, more than enough to make a run repeatable. @returns uniform numbers in [0, 1) */
function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
