/** Tokens of a target by which its context is chosen; nothing before the end of them is measured. */
export const queryTokens = 256;

/**
 * Places in a text, from `first` on, whose token only the context can tell: the bigram (t-1, t) stands in the context and
 * not earlier in the text. The same tokens as `crossTokens` in models/training/sparsek_code/episodes.py.
 */
export function crossTokens(text: Int32Array, context: readonly Int32Array[], first = queryTokens): number[] {
  const known = new Set<number>();
  for (const segment of context) for (let t = 1; t < segment.length; t++) known.add(bigram(segment, t));
  const seen = new Set<number>();
  const places: number[] = [];
  for (let t = 1; t < text.length; t++) {
    const pair = bigram(text, t);
    if (t >= first && known.has(pair) && !seen.has(pair)) places.push(t);
    seen.add(pair);
  }
  return places;
}

function bigram(tokens: Int32Array, t: number): number {
  return tokens[t - 1] * 2 ** 20 + tokens[t];
}
