import type { ModelManifest } from '../src/engine/model';
import { decoderNames } from './decoderNames';
import { layerGroups, type LayerGroup } from './layerGroups';
import { absent, GraphBuilder, type Value } from './onnx';
import { WeightWriter, type Arithmetic } from './weightWriter';

export type { Arithmetic } from './weightWriter';

/**
 * The decoder as an ONNX graph, from the manifest alone: weights stay in the shards, the graph only points at them.
 *
 * Inputs (T new tokens, a cache of S slots, R rows of logits, P rotary positions):
 * - `tokens` int32 `[1, T]`
 * - `logitRows` int32 `[R]`: which of the T positions get logits; R may be 0
 * - `lastSlot` int32 `[1]`: slot of the last new token; `slotsInUse` int32 `[1]`: that plus one. Where layers differ in their
 *   number of entries, each further group of layers has its own, `lastSlot.N` and `slotsInUse.N` with its first layer N, and its
 *   own S
 * - `cosine`, `sine` float32 `[P, headDim/2]`, P >= every slotsInUse: an input, so that the graph knows no longest context
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

class DecoderWriter {
  private readonly graph: GraphBuilder;
  private readonly weights: WeightWriter;
  private readonly groups: readonly LayerGroup[];

  constructor(private readonly manifest: ModelManifest, arithmetic: Arithmetic) {
    this.graph = new GraphBuilder(manifest.name);
    this.weights = new WeightWriter(this.graph, manifest, arithmetic);
    this.groups = layerGroups(manifest);
  }

  write(): Uint8Array {
    const { graph } = this;
    const { layers, width, keyValueHeads, headDim, vocabulary } = this.manifest.geometry;
    graph.input(decoderNames.tokens, 'int32', [1, 'T']);
    graph.input(decoderNames.logitRows, 'int32', ['R']);
    for (const group of this.groups) {
      graph.input(decoderNames.lastSlot(group), 'int32', [1]);
      graph.input(decoderNames.slotsInUse(group), 'int32', [1]);
    }
    graph.input(decoderNames.cosine, 'float32', ['P', headDim / 2]);
    graph.input(decoderNames.sine, 'float32', ['P', headDim / 2]);
    graph.constant('shape.rows', [-1, width]);
    graph.constant('shape.scores', [layers, keyValueHeads, -1]);

    let residual = this.weights.embed(decoderNames.tokens);
    let normed = this.norm('layers.0.attentionNorm', residual);
    const scores: Value[] = [];
    const groupOf = this.groups.flatMap((group) => Array.from({ length: group.layers }, () => group));
    for (let layer = 0; layer < layers; layer++) {
      const name = `layers.${layer}`;
      scores.push(this.score(`${name}.scorer`, normed));
      let attended = this.attention(layer, groupOf[layer], normed);
      if (layer === layers - 1) {
        // Behind the last attention only the rows that get logits are needed: a prefill skips this feed-forward.
        attended = graph.node('Gather', 'kept.attended', [attended, decoderNames.logitRows], { attributes: { axis: 1 } });
        residual = graph.node('Gather', 'kept.residual', [residual, decoderNames.logitRows], { attributes: { axis: 1 } });
      }
      const projected = this.weights.linear(`${name}.attention.output`, attended);
      [normed, residual] = this.addAndNorm(`${name}.feedForwardNorm`, projected, residual);
      const down = this.feedForward(`${name}.feedForward`, normed);
      const nextNorm = layer + 1 < layers ? `layers.${layer + 1}.attentionNorm` : 'finalNorm';
      [normed, residual] = this.addAndNorm(nextNorm, down, residual);
    }
    this.weights.linear('embedding', normed, decoderNames.logits);
    graph.output(decoderNames.logits, 'float32', [1, 'R', vocabulary]);
    this.joinScores(scores);
    return graph.build();
  }

  /** normed `[1, T, width]` -> `[1, T, queryHeads * headDim]`; writes the T new slots of the cache. */
  private attention(layer: number, group: LayerGroup, normed: Value): Value {
    const { graph } = this;
    const { queryHeads, keyValueHeads, headDim } = this.manifest.geometry;
    const name = `layers.${layer}.attention`;
    const shape = [1, keyValueHeads, group.firstLayer === 0 ? 'S' : `S${group.firstLayer}`, headDim];
    const cache = [decoderNames.keys(layer), decoderNames.values(layer)];
    const written = [decoderNames.newKeys(layer), decoderNames.newValues(layer)];
    for (const value of cache) graph.input(value, 'float32', shape);
    for (const value of written) graph.output(value, 'float32', shape);
    const packed = this.weights.linear(`${name}.queryKeyValue`, normed);
    return graph.node('GroupQueryAttention', `${name}.attended`, [
      packed, absent, absent, ...cache, decoderNames.lastSlot(group), decoderNames.slotsInUse(group), decoderNames.cosine, decoderNames.sine,
    ], {
      domain: 'com.microsoft',
      attributes: { num_heads: queryHeads, kv_num_heads: keyValueHeads, do_rotary: 1, rotary_interleaved: 0 },
      moreOutputs: written,
    });
  }

  /** down(silu(gate x) * up x), `[1, T, width]` -> `[1, T, width]`. */
  private feedForward(name: string, normed: Value): Value {
    const gate = this.weights.linear(`${name}.gate`, normed);
    const up = this.weights.linear(`${name}.up`, normed);
    const gated = this.graph.node('Mul', `${name}.gated`, [this.silu(`${name}.activated`, gate), up]);
    return this.weights.linear(`${name}.down`, gated);
  }

  /** u = W2 silu(W1 x + b1) + b2, or W x + b, all fp32: `[1, T, width]` -> `[T, keyValueHeads]`. */
  private score(name: string, normed: Value): Value {
    let x = this.graph.node('Reshape', `${name}.input`, [normed, 'shape.rows']);
    if (this.manifest.geometry.scorerHidden > 0) {
      const hidden = this.graph.node('Gemm', `${name}.hidden`, [x, this.weights.float(`${name}.hidden.weight`), this.weights.float(`${name}.hidden.bias`)], { attributes: { transB: 1 } });
      x = this.silu(`${name}.activated`, hidden);
    }
    return this.graph.node('Gemm', `${name}.score`, [x, this.weights.float(`${name}.output.weight`), this.weights.float(`${name}.output.bias`)], { attributes: { transB: 1 } });
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

  /** x sigmoid(x): QuickGelu with factor 1 is one node where Sigmoid and Mul are two. */
  private silu(name: string, x: Value): Value {
    return this.graph.node('QuickGelu', name, [x], { domain: 'com.microsoft', attributes: { alpha: { float: 1 } } });
  }

  private norm(name: string, x: Value): Value {
    return this.graph.node('SimplifiedLayerNormalization', `${name}.normed`, [x, this.weights.float(`${name}.weight`)], {
      attributes: { epsilon: { float: this.manifest.geometry.rmsNormEpsilon }, axis: -1, stash_type: 1 },
    });
  }

  /** @returns the norm of `x + residual`, and `x + residual`. */
  private addAndNorm(name: string, x: Value, residual: Value): [Value, Value] {
    const sum = `${name}.residual`;
    const normed = this.graph.node('SkipSimplifiedLayerNormalization', `${name}.normed`, [x, residual, this.weights.float(`${name}.weight`)], {
      domain: 'com.microsoft',
      attributes: { epsilon: { float: this.manifest.geometry.rmsNormEpsilon } },
      moreOutputs: [absent, absent, sum],
    });
    return [normed, sum];
  }
}
