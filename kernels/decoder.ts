import { bitsOf, type FloatTensor, type ModelManifest, type QuantisedTensor, type TensorEntry } from '../src/engine/model';
import { decoderNames } from './decoderNames';
import { absent, GraphBuilder, type Value } from './onnx';

/**
 * The decoder as an ONNX graph, from the manifest alone: weights stay in the shards, the graph only points at them.
 *
 * Inputs (T new tokens, a cache of S slots, R rows of logits, P rotary positions):
 * - `tokens` int32 `[1, T]`
 * - `logitRows` int32 `[R]`: which of the T positions get logits; R may be 0
 * - `lastSlot` int32 `[1]`: slot of the last new token; `slotsInUse` int32 `[1]`: that plus one
 * - `cosine`, `sine` float32 `[P, headDim/2]`, P >= slotsInUse: an input, so that the graph knows no longest context
 * - per layer `keys.N`, `values.N` float32 `[1, keyValueHeads, S, headDim]`, keys rotated to their slot
 *
 * Outputs:
 * - `logits` float32 `[1, R, vocabulary]`
 * - `scores` float32 `[layers, keyValueHeads, T]`: the SparseK importance of each new token (arXiv 2406.16747, section 3)
 * - per layer `newKeys.N`, `newValues.N`, shaped as the inputs. Given the same buffers as the inputs, only the T new slots
 *   are written and nothing is copied.
 */
export function buildDecoder(manifest: ModelManifest, arithmetic: Arithmetic = 'int8'): Uint8Array {
  return new DecoderWriter(manifest, arithmetic).write();
}

/**
 * What activations are multiplied with the quantised weights as: quantised to 8 bit in blocks (MatMulNBits' accuracy level
 * 4, as shipped) or as they are (level 1, to compare with a reference).
 */
export type Arithmetic = 'int8' | 'float32';

class DecoderWriter {
  private readonly graph: GraphBuilder;

  constructor(private readonly manifest: ModelManifest, private readonly arithmetic: Arithmetic) {
    this.graph = new GraphBuilder(manifest.name);
  }

  write(): Uint8Array {
    const { graph } = this;
    const { layers, width, keyValueHeads, headDim, vocabulary } = this.manifest.geometry;
    graph.input(decoderNames.tokens, 'int32', [1, 'T']);
    graph.input(decoderNames.logitRows, 'int32', ['R']);
    graph.input(decoderNames.lastSlot, 'int32', [1]);
    graph.input(decoderNames.slotsInUse, 'int32', [1]);
    graph.input(decoderNames.cosine, 'float32', ['P', headDim / 2]);
    graph.input(decoderNames.sine, 'float32', ['P', headDim / 2]);
    graph.constant('shape.rows', [-1, width]);
    graph.constant('shape.scores', [layers, keyValueHeads, -1]);

    let residual = this.embed();
    let normed = this.norm('layers.0.attentionNorm', residual);
    const scores: Value[] = [];
    for (let layer = 0; layer < layers; layer++) {
      const name = `layers.${layer}`;
      scores.push(this.score(`${name}.scorer`, normed));
      let attended = this.attention(layer, normed);
      if (layer === layers - 1) {
        // Behind the last attention only the rows that get logits are needed: a prefill skips this feed-forward.
        attended = graph.node('Gather', 'kept.attended', [attended, decoderNames.logitRows], { attributes: { axis: 1 } });
        residual = graph.node('Gather', 'kept.residual', [residual, decoderNames.logitRows], { attributes: { axis: 1 } });
      }
      const projected = this.linear(`${name}.attention.output`, attended);
      [normed, residual] = this.addAndNorm(`${name}.feedForwardNorm`, projected, residual);
      const down = this.feedForward(`${name}.feedForward`, normed);
      const nextNorm = layer + 1 < layers ? `layers.${layer + 1}.attentionNorm` : 'finalNorm';
      [normed, residual] = this.addAndNorm(nextNorm, down, residual);
    }
    this.linear('embedding', normed, decoderNames.logits);
    graph.output(decoderNames.logits, 'float32', [1, 'R', vocabulary]);
    this.joinScores(scores);
    return graph.build();
  }

  /** tokens `[1, T]` -> hidden `[1, T, width]`, from the table that is also the head: the same bytes as rows without blocks. */
  private embed(): Value {
    const tensor = this.quantised('embedding.weight');
    const [rows, width] = tensor.shape;
    const table = this.graph.external('embedding.table', 'uint8', [rows, width * bitsOf(tensor) / 8], tensor);
    const inputs = [table, decoderNames.tokens, this.scales('embedding')];
    if (tensor.zeroPoints !== undefined) inputs.push(this.zeroPoints('embedding'));
    return this.graph.node('GatherBlockQuantized', 'embedding.hidden', inputs, {
      domain: 'com.microsoft',
      attributes: { bits: bitsOf(tensor), block_size: tensor.blockSize, gather_axis: 0, quantize_axis: 1 },
    });
  }

  /** normed `[1, T, width]` -> `[1, T, queryHeads * headDim]`; writes the T new slots of the cache. */
  private attention(layer: number, normed: Value): Value {
    const { graph } = this;
    const { queryHeads, keyValueHeads, headDim } = this.manifest.geometry;
    const name = `layers.${layer}.attention`;
    const shape = [1, keyValueHeads, 'S', headDim];
    const cache = [decoderNames.keys(layer), decoderNames.values(layer)];
    const written = [decoderNames.newKeys(layer), decoderNames.newValues(layer)];
    for (const value of cache) graph.input(value, 'float32', shape);
    for (const value of written) graph.output(value, 'float32', shape);
    const packed = this.linear(`${name}.queryKeyValue`, normed);
    return graph.node('GroupQueryAttention', `${name}.attended`, [
      packed, absent, absent, ...cache, decoderNames.lastSlot, decoderNames.slotsInUse, decoderNames.cosine, decoderNames.sine,
    ], {
      domain: 'com.microsoft',
      attributes: { num_heads: queryHeads, kv_num_heads: keyValueHeads, do_rotary: 1, rotary_interleaved: 0 },
      moreOutputs: written,
    });
  }

  /** down(silu(gate x) * up x), `[1, T, width]` -> `[1, T, width]`. */
  private feedForward(name: string, normed: Value): Value {
    const gate = this.linear(`${name}.gate`, normed);
    const up = this.linear(`${name}.up`, normed);
    const gated = this.graph.node('Mul', `${name}.gated`, [this.silu(`${name}.activated`, gate), up]);
    return this.linear(`${name}.down`, gated);
  }

  /** u = W2 silu(W1 x + b1) + b2, or W x + b, all fp32: `[1, T, width]` -> `[T, keyValueHeads]`. */
  private score(name: string, normed: Value): Value {
    let x = this.graph.node('Reshape', `${name}.input`, [normed, 'shape.rows']);
    if (this.manifest.geometry.scorerHidden > 0) {
      const hidden = this.graph.node('Gemm', `${name}.hidden`, [x, this.float(`${name}.hidden.weight`), this.float(`${name}.hidden.bias`)], { attributes: { transB: 1 } });
      x = this.silu(`${name}.activated`, hidden);
    }
    return this.graph.node('Gemm', `${name}.score`, [x, this.float(`${name}.output.weight`), this.float(`${name}.output.bias`)], { attributes: { transB: 1 } });
  }

  /** Per layer `[T, keyValueHeads]` -> `[layers, keyValueHeads, T]`. */
  private joinScores(scores: readonly Value[]): void {
    const { graph } = this;
    const { layers, keyValueHeads } = this.manifest.geometry;
    const joined = graph.node('Concat', 'scores.joined', scores, { attributes: { axis: 1 } });
    const turned = graph.node('Transpose', 'scores.turned', [joined], { attributes: { perm: [1, 0] } });
    graph.node('Reshape', decoderNames.scores, [turned, 'shape.scores']);
    graph.output(decoderNames.scores, 'float32', [layers, keyValueHeads, 'T']);
  }

  /** y = x W^T (+ bias) with a block-quantised W `[out, in]`. */
  private linear(name: string, input: Value, output: Value = `${name}.projected`): Value {
    const tensor = this.quantised(`${name}.weight`);
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

  /** x sigmoid(x): QuickGelu with factor 1 is one node where Sigmoid and Mul are two. */
  private silu(name: string, x: Value): Value {
    return this.graph.node('QuickGelu', name, [x], { domain: 'com.microsoft', attributes: { alpha: { float: 1 } } });
  }

  private norm(name: string, x: Value): Value {
    return this.graph.node('SimplifiedLayerNormalization', `${name}.normed`, [x, this.float(`${name}.weight`)], {
      attributes: { epsilon: { float: this.manifest.geometry.rmsNormEpsilon }, axis: -1, stash_type: 1 },
    });
  }

  /** @returns the norm of `x + residual`, and `x + residual`. */
  private addAndNorm(name: string, x: Value, residual: Value): [Value, Value] {
    const sum = `${name}.residual`;
    const normed = this.graph.node('SkipSimplifiedLayerNormalization', `${name}.normed`, [x, residual, this.float(`${name}.weight`)], {
      domain: 'com.microsoft',
      attributes: { epsilon: { float: this.manifest.geometry.rmsNormEpsilon } },
      moreOutputs: [absent, absent, sum],
    });
    return [normed, sum];
  }

  /** Scales `[out, blocks]` in fp32, which both consumers want; the cast is folded when the graph is loaded. */
  private scales(name: string): Value {
    return this.once(`${name}.scales`, () => {
      const tensor = this.quantised(`${name}.weight`);
      const half = this.graph.external(`${name}.scales16`, 'float16', [tensor.shape[0], blocksOf(tensor)], { ...tensor.scales, file: tensor.file });
      this.graph.node('Cast', `${name}.scales`, [half], { attributes: { to: 1 } });
    });
  }

  /** Zero points `[out, ceil(blocks * bits / 8)]` of a tensor that has them. */
  private zeroPoints(name: string): Value {
    return this.once(`${name}.zeroPoints`, () => {
      const tensor = this.quantised(`${name}.weight`);
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

  private float(name: string): Value {
    const tensor = this.tensor(name);
    if (tensor.type !== 'float32') throw new Error(`Tensor "${name}" must be float32, not ${tensor.type}.`);
    return this.graph.external(name, 'float32', (tensor satisfies FloatTensor).shape, tensor);
  }

  private quantised(name: string): QuantisedTensor {
    const tensor = this.tensor(name);
    if (tensor.type === 'float32') throw new Error(`Tensor "${name}" must be quantised, not float32.`);
    return tensor;
  }

  private tensor(name: string): TensorEntry {
    const tensors: Readonly<Record<string, TensorEntry | undefined>> = this.manifest.tensors;
    const tensor = tensors[name];
    if (tensor === undefined) throw new Error(`The manifest lists no tensor "${name}".`);
    return tensor;
  }
}

function blocksOf(tensor: QuantisedTensor): number {
  return Math.ceil(tensor.shape[1] / tensor.blockSize);
}
