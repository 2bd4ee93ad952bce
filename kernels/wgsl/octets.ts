import type { MatrixLayout } from './packing';

/** Eight neighbouring weights, or activations. */
export const octetStruct = 'struct Octet { low: vec4<f32>, high: vec4<f32> }';

/**
 * `fn NAME(row: u32, octet: u32) -> Octet`: weights 8 * octet to 8 * octet + 7 of a row, dequantised, from
 * `weights: array<u32>` in the layout of {@link MatrixLayout}. Eight weights are one word of 4-bit numbers, two of 8-bit,
 * eight of float32; neighbouring lanes read neighbouring words.
 *
 * Several matrices packed on top of each other must have whole words in all their parts, see {@link checkStackable}.
 */
export function octetReader(name: string, matrix: MatrixLayout): string {
  const { width, bits, data } = matrix;
  const at = `let at = ${data}u + row * ${width * bits / 32}u + octet * ${bits / 4}u;`;
  if (bits === 32) {
    const floats = (first: number) => `vec4<f32>(${[0, 1, 2, 3].map((i) => `bitcast<f32>(weights[at + ${first + i}u])`).join(', ')})`;
    return `fn ${name}(row: u32, octet: u32) -> Octet { ${at} return Octet(${floats(0)}, ${floats(4)}); }`;
  }
  return `
fn ${name}(row: u32, octet: u32) -> Octet {
  ${at}
  ${scaleAndOffset(matrix)}
  ${bits === 8 ? `
  let low = vec4<f32>(unpack4xU8(weights[at]));
  let high = vec4<f32>(unpack4xU8(weights[at + 1u]));` : `
  let word = weights[at];
  let even = vec4<f32>(unpack4xU8(word & 0x0f0f0f0fu));
  let odd = vec4<f32>(unpack4xU8((word >> 4u) & 0x0f0f0f0fu));
  let low = vec4<f32>(even.x, odd.x, even.y, odd.y);
  let high = vec4<f32>(even.z, odd.z, even.w, odd.w);`}
  return Octet(low * scale + offset, high * scale + offset);
}`;
}

/** A quantised number q stands for q * scale + offset, with offset = -zeroPoint * scale. */
function scaleAndOffset({ width, bits, blockSize, scales, zeroPoints }: MatrixLayout): string {
  const blocks = width / blockSize;
  const zeroBytes = Math.ceil(blocks * bits / 8);
  const zero = zeroPoints === undefined ? `let zero = ${2 ** (bits - 1)}.0;` : `
  let zeroByte = row * ${zeroBytes}u + ${bits === 8 ? 'block' : 'block / 2u'};
  let zeroShift = (zeroByte & 3u) * 8u${bits === 8 ? '' : ' + (block & 1u) * 4u'};
  let zero = f32((weights[${zeroPoints}u + zeroByte / 4u] >> zeroShift) & ${2 ** bits - 1}u);`;
  return `
  let block = octet / ${blockSize / 8}u;
  let half = row * ${blocks}u + block;
  let pair = unpack2x16float(weights[${scales}u + half / 2u]);
  let scale = select(pair.x, pair.y, (half & 1u) == 1u);
  ${zero}
  let offset = -zero * scale;`;
}

/** @throws Error when a matrix of these rows cannot stand on top of another: a part of it would end within a word. */
export function checkStackable(rows: number, { width, bits, blockSize }: Pick<MatrixLayout, 'width' | 'bits' | 'blockSize'>): void {
  const blocks = width / blockSize;
  const parts = [rows * width * bits / 8, rows * blocks * 2, rows * Math.ceil(blocks * bits / 8)];
  if (parts.some((bytes) => bytes % 4 !== 0)) throw new Error(`A matrix of ${rows} rows of ${width} cannot be packed with another.`);
}
