import type { MatrixLayout } from '../../kernels/wgsl';
import { dequantise, quantise } from '../fixtures/quantise';
import type { Random } from '../fixtures/random';

/** Weights as a kernel reads them, put together by hand. */
export class PackedWeights {
  private readonly bytes: number[] = [];

  constructor(private readonly random: Random) {}

  get words(): Uint32Array {
    return new Uint32Array(Uint8Array.from(this.bytes).buffer);
  }

  floats(values: Float32Array): number {
    return this.place(new Uint8Array(values.buffer));
  }

  /** A random matrix. @returns its place, and the numbers it stands for `[rows, width]` */
  matrix(rows: number, width: number, bits: 4 | 8 | 32, symmetric = false): { layout: MatrixLayout; values: Float32Array } {
    const values = this.random.normals(rows * width);
    const blockSize = 32;
    if (bits === 32) return { layout: { rows, width, bits, blockSize, data: this.floats(values), scales: 0 }, values };
    const parts = quantise(values, rows, width, bits, blockSize, symmetric);
    const layout = {
      rows, width, bits, blockSize,
      data: this.place(parts.data),
      scales: this.place(new Uint8Array(parts.scales.buffer)),
      ...(parts.zeroPoints ? { zeroPoints: this.place(parts.zeroPoints) } : {}),
    };
    return { layout, values: dequantise(parts, rows, width, bits, blockSize) };
  }

  private place(part: Uint8Array): number {
    const offset = this.bytes.length / 4;
    this.bytes.push(...part);
    while (this.bytes.length % 4 !== 0) this.bytes.push(0);
    return offset;
  }
}

/** x W^T in double precision, `[tokens, rows]`. */
export function product(x: ArrayLike<number>, weights: Float32Array, width: number): Float64Array {
  const rows = weights.length / width;
  return Float64Array.from({ length: x.length / width * rows }, (_, i) => {
    const token = Math.floor(i / rows) * width;
    const row = (i % rows) * width;
    let sum = 0;
    for (let k = 0; k < width; k++) sum += x[token + k] * weights[row + k];
    return sum;
  });
}

/** The root mean square norm of each token, in double precision. */
export function normed(x: ArrayLike<number>, weight: Float32Array, epsilon: number): Float64Array {
  const width = weight.length;
  return Float64Array.from({ length: x.length }, (_, i) => {
    const start = i - (i % width);
    let squares = 0;
    for (let k = 0; k < width; k++) squares += x[start + k] ** 2;
    return x[i] * weight[i % width] / Math.sqrt(squares / width + epsilon);
  });
}

export function silu(x: number): number {
  return x / (1 + Math.exp(-x));
}
