/** IEEE 754 half precision: 11 significant bits, 2 bytes. Keys and values of a checkpoint are kept so, scores never. */

/** Rounds to the nearest half, ties to even; below 2^-14 to zero, above 65,504 to the largest half. */
export function toHalf(from: Float32Array, to: Uint16Array): void {
  const bits = new Uint32Array(from.buffer, from.byteOffset, from.length);
  for (let i = 0; i < bits.length; i++) {
    const value = bits[i];
    const magnitude = value & 0x7fffffff;
    const sign = (value >>> 16) & 0x8000;
    if (magnitude < smallestNormal) to[i] = sign;
    else if (magnitude >= aboveLargest) to[i] = sign | largestHalf;
    else to[i] = sign | ((magnitude - exponentShift + 0xfff + ((magnitude >>> 13) & 1)) >>> 13);
  }
}

/** @param table from {@link halfTable} */
export function fromHalf(table: Float32Array, from: Uint16Array, to: Float32Array): void {
  for (let i = 0; i < from.length; i++) to[i] = table[from[i]];
}

/** The number that each of the 65,536 halves stands for (those that {@link toHalf} never writes are left 0). */
export function halfTable(): Float32Array {
  const table = new Float32Array(1 << 16);
  const bits = new Uint32Array(table.buffer);
  for (let half = 1 << 10; half <= largestHalf; half++) {
    bits[half] = (half << 13) + exponentShift;
    bits[half | 0x8000] = bits[half] | 0x80000000;
  }
  table[0x8000] = -0;
  return table;
}

/** 2^-14 as the bits of a float. */
const smallestNormal = 113 << 23;
/** 65,520 as the bits of a float: the first number that would round to infinity. */
const aboveLargest = 0x477ff000;
const largestHalf = 0x7bff;
/** Difference of the exponents' biases, 127 and 15. */
const exponentShift = 112 << 23;
