import { bitsOf, type ModelManifest, type QuantisedTensor } from '../src/engine/model';
import { quantisedTensorOf, tensorOf } from './manifestTensors';
import { absent, type GraphBuilder, type Value } from './onnx';

/**
 * What activations are multiplied with the quantised weights as: quantised to 8 bit in blocks (MatMulNBits' accuracy level
 * 4, as shipped) or as they are (level 1, to compare with a reference).
 */
export type Arithmetic = 'int8' | 'float32';

/** The model's weights in a graph: declares tensors of the shards where a node wants them, and writes the nodes that take them. */
export class WeightWriter {
  constructor(
    private readonly graph: GraphBuilder,
    private readonly manifest: ModelManifest,
    private readonly arithmetic: Arithmetic,
  ) {}

  /** tokens `[1, T]` -> hidden `[1, T, width]`, from the table that is also the head: the same bytes as rows without blocks. */
  embed(tokens: Value): Value {
    const tensor = quantisedTensorOf(this.manifest, 'embedding.weight');
    const [rows, width] = tensor.shape;
    const table = this.graph.external('embedding.table', 'uint8', [rows, width * bitsOf(tensor) / 8], tensor);
    const inputs = [table, tokens, this.scales('embedding')];
    if (tensor.zeroPoints !== undefined) inputs.push(this.zeroPoints('embedding'));
    return this.graph.node('GatherBlockQuantized', 'embedding.hidden', inputs, {
      domain: 'com.microsoft',
      attributes: { bits: bitsOf(tensor), block_size: tensor.blockSize, gather_axis: 0, quantize_axis: 1 },
    });
  }

  /** y = x W^T (+ bias) with a block-quantised W `[out, in]`. */
  linear(name: string, input: Value, output: Value = `${name}.projected`): Value {
    const tensor = quantisedTensorOf(this.manifest, `${name}.weight`);
    const [out, width] = tensor.shape;
    const bits = bitsOf(tensor);
    const data = this.graph.external(`${name}.weight`, 'uint8', [out, blocksOf(tensor), tensor.blockSize * bits / 8], tensor);
    const zeroPoints = tensor.zeroPoints === undefined ? absent : this.zeroPoints(name);
    const biasName = `${name}.bias`;
    const bias = biasName in this.manifest.tensors ? this.float(biasName) : absent;
    const inputs = [input, data, this.scales(name), zeroPoints, absent, bias];
    while (inputs.at(-1) === absent) inputs.pop();
    return this.graph.node('MatMulNBits', output, inputs, {
      domain: 'com.microsoft',
      attributes: { K: width, N: out, bits, block_size: tensor.blockSize, accuracy_level: this.arithmetic === 'int8' ? 4 : 1 },
    });
  }

  /** Scales `[out, blocks]` in fp32, which both consumers want; the cast is folded when the graph is loaded. */
  private scales(name: string): Value {
    return this.once(`${name}.scales`, () => {
      const tensor = quantisedTensorOf(this.manifest, `${name}.weight`);
      const half = this.graph.external(`${name}.scales16`, 'float16', [tensor.shape[0], blocksOf(tensor)], { ...tensor.scales, file: tensor.file });
      this.graph.node('Cast', `${name}.scales`, [half], { attributes: { to: 1 } });
    });
  }

  /** Zero points `[out, ceil(blocks * bits / 8)]` of a tensor that has them. */
  private zeroPoints(name: string): Value {
    return this.once(`${name}.zeroPoints`, () => {
      const tensor = quantisedTensorOf(this.manifest, `${name}.weight`);
      if (tensor.zeroPoints === undefined) throw new Error(`Tensor "${name}.weight" has no zero points.`);
      const shape = [tensor.shape[0], Math.ceil(blocksOf(tensor) * bitsOf(tensor) / 8)];
      this.graph.external(`${name}.zeroPoints`, 'uint8', shape, { ...tensor.zeroPoints, file: tensor.file });
    });
  }

  private readonly declared = new Set<Value>();

  /** Declares a value the first time it is asked for: embedding and head share theirs. */
  private once(name: Value, declare: () => void): Value {
    if (!this.declared.has(name)) {
      this.declared.add(name);
      declare();
    }
    return name;
  }

  float(name: string): Value {
    const tensor = tensorOf(this.manifest, name);
    if (tensor.type !== 'float32') throw new Error(`Tensor "${name}" must be float32, not ${tensor.type}.`);
    return this.graph.external(name, 'float32', tensor.shape, tensor);
  }
}

function blocksOf(tensor: QuantisedTensor): number {
  return Math.ceil(tensor.shape[1] / tensor.blockSize);
}
