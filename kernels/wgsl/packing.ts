import { bitsOf, type ModelManifest, type QuantisedTensor } from '../../src/engine/model';
import { quantisedTensorOf, tensorOf } from '../manifestTensors';

/** Bytes of a shard that go to a place of a packed buffer. */
export interface PackedPart {
  readonly file: string;
  /** Bytes. */
  readonly offset: number;
  readonly bytes: number;
  /** Where they go, in bytes; a multiple of 4. */
  readonly target: number;
}

/**
 * Where a matrix `[rows, width]` lies in a packed buffer; offsets are in 32-bit words. Quantised ones keep the layout of
 * the shards: `data` `[rows, width * bits / 8]` bytes with the low bits first, `scales` float16 `[rows, blocks]`,
 * `zeroPoints` `[rows, ceil(blocks * bits / 8)]` bytes. With 32 bits, `data` is float32.
 */
export interface MatrixLayout {
  readonly rows: number;
  readonly width: number;
  readonly bits: 4 | 8 | 32;
  readonly blockSize: number;
  readonly data: number;
  readonly scales: number;
  readonly zeroPoints?: number;
}

/**
 * All weights that one kernel reads, packed into one buffer: adapters may bind as few as eight buffers to a shader. Built
 * from the manifest alone; whoever has the shards copies the parts.
 */
export class Packing {
  readonly parts: PackedPart[] = [];
  private end = 0;

  constructor(private readonly manifest: ModelManifest) {}

  get bytes(): number {
    return this.end;
  }

  /** A float32 tensor. @returns its offset in words */
  floats(name: string): number {
    const tensor = tensorOf(this.manifest, name);
    if (tensor.type !== 'float32') throw new Error(`Tensor "${name}" must be float32, not ${tensor.type}.`);
    return this.place(tensor.file, tensor) / 4;
  }

  /** A float32 matrix, or several on top of each other. */
  floatMatrix(...names: string[]): MatrixLayout {
    const [first] = names.map((name) => tensorOf(this.manifest, name).shape);
    const offsets = names.map((name) => this.floats(name));
    const rows = names.reduce((sum, name) => sum + tensorOf(this.manifest, name).shape[0], 0);
    return { rows, width: first[1], bits: 32, blockSize: first[1], data: offsets[0], scales: 0 };
  }

  /** A quantised matrix, or several of one width and quantisation on top of each other. */
  matrix(...names: string[]): MatrixLayout {
    const tensors = names.map((name) => quantisedTensorOf(this.manifest, name));
    const [{ shape: [, width], blockSize, zeroPoints }] = tensors;
    const bits = bitsOf(tensors[0]);
    const same = tensors.every((tensor) => tensor.shape[1] === width && tensor.blockSize === blockSize && bitsOf(tensor) === bits
      && (tensor.zeroPoints === undefined) === (zeroPoints === undefined));
    if (!same) throw new Error(`The tensors ${names.join(', ')} differ in width or quantisation.`);
    if (width % blockSize !== 0 || blockSize % 8 !== 0) throw new Error(`Tensor "${names[0]}": rows of ${width} do not divide into blocks of ${blockSize}.`);
    const start = (part: (tensor: QuantisedTensor) => { offset: number; bytes: number } | undefined) => {
      const [first] = tensors.map((tensor) => {
        const range = part(tensor);
        return range === undefined ? 0 : this.place(tensor.file, range);
      });
      return first / 4;
    };
    const rows = tensors.reduce((sum, { shape }) => sum + shape[0], 0);
    const data = start((tensor) => tensor);
    const scales = start((tensor) => tensor.scales);
    return { rows, width, bits, blockSize, data, scales, ...(zeroPoints === undefined ? {} : { zeroPoints: start((tensor) => tensor.zeroPoints) }) };
  }

  private place(file: string, { offset, bytes }: { offset: number; bytes: number }): number {
    const target = this.end;
    this.parts.push({ file, offset, bytes, target });
    this.end += Math.ceil(bytes / 4) * 4;
    return target;
  }
}
