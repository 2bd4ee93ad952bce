/**
 * Rotary position embedding, half-split as in Llama and Qwen: feature i of a head turns together with feature
 * i + headDim/2 by the angle `position * theta^(-2i/headDim)`.
 */
export interface RotaryTable {
  readonly positions: number;
  readonly headDim: number;
  /** `[positions, headDim/2]` */
  readonly cosine: Float32Array;
  /** `[positions, headDim/2]` */
  readonly sine: Float32Array;
}

/** Angles in double precision, rounded once. */
export function rotaryTable(positions: number, headDim: number, theta: number): RotaryTable {
  const half = headDim / 2;
  const cosine = new Float32Array(positions * half);
  const sine = new Float32Array(positions * half);
  for (let i = 0; i < half; i++) {
    const frequency = theta ** (-i / half);
    for (let position = 0; position < positions; position++) {
      cosine[position * half + i] = Math.cos(position * frequency);
      sine[position * half + i] = Math.sin(position * frequency);
    }
  }
  return { positions, headDim, cosine, sine };
}

/**
 * Copies `count` keys of `headDim` features each from `source` to `target`, turned by `shift` positions (negative:
 * backwards). Rotations add up, so a key at slot a becomes the key at slot b by a shift of b - a.
 */
export function rotateKeys(
  table: RotaryTable, shift: number, source: Float32Array, sourceOffset: number, target: Float32Array, targetOffset: number, count = 1,
): void {
  const { headDim, cosine, sine } = table;
  if (shift === 0) {
    target.set(source.subarray(sourceOffset, sourceOffset + count * headDim), targetOffset);
    return;
  }
  const half = headDim / 2;
  const row = Math.abs(shift) * half;
  const direction = shift < 0 ? -1 : 1;
  for (let key = 0; key < count; key++) {
    const from = sourceOffset + key * headDim;
    const to = targetOffset + key * headDim;
    for (let i = 0; i < half; i++) {
      const c = cosine[row + i];
      const s = direction * sine[row + i];
      const first = source[from + i];
      const second = source[from + half + i];
      target[to + i] = first * c - second * s;
      target[to + half + i] = second * c + first * s;
    }
  }
}
