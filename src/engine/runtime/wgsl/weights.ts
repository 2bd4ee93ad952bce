import { open, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { Packing, rowsPerUnit, type AttentionWeights, type MatrixLayout, type ScorerOutputs } from '../../../../kernels/wgsl';
import { checkStackable } from '../../../../kernels/wgsl/octets';
import type { ModelManifest } from '../../model';
import type { Buffers } from './buffers';
import type { Gpu } from './gpu';

/** Where the weights of a layer's dispatches lie in their buffers; the same in every layer. */
export interface LayerLayout {
  readonly attention: AttentionWeights;
  readonly output: MatrixLayout;
  readonly gateUp: { readonly norm: number; readonly matrix: MatrixLayout };
  readonly down: MatrixLayout;
}

export interface LayerWeights {
  readonly attention: GPUBuffer;
  readonly output: GPUBuffer;
  readonly gateUp: GPUBuffer;
  readonly down: GPUBuffer;
}

/** The model's weights on the device, each byte of the shards once. */
export interface Weights {
  readonly layout: LayerLayout;
  readonly layers: readonly LayerWeights[];
  readonly head: { readonly buffer: GPUBuffer; readonly norm: number; readonly matrix: MatrixLayout };
  readonly scorers: { readonly buffer: GPUBuffer; readonly outputs: ScorerOutputs | undefined };
}

/** Copies the shards' weights to the device. */
export async function uploadWeights(gpu: Gpu, buffers: Buffers, directory: string, manifest: ModelManifest): Promise<Weights> {
  const { layers, width, queryHeads, headDim, feedForwardWidth, keyValueHeads } = manifest.geometry;
  if (headDim % rowsPerUnit !== 0 || width % rowsPerUnit !== 0 || feedForwardWidth % 2 !== 0) {
    throw new Error(`The GPU kernels need heads and width in multiples of ${rowsPerUnit}, not ${headDim} and ${width}.`);
  }
  using shards = new Shards(directory);
  const upload = (label: string, packing: Packing) => shards.upload(gpu, buffers, label, packing);
  const uploaded: LayerWeights[] = [];
  let layout: LayerLayout | undefined;
  for (let layer = 0; layer < layers; layer++) {
    const name = `layers.${layer}`;
    const attention = new Packing(manifest);
    const output = new Packing(manifest);
    const gateUp = new Packing(manifest);
    const down = new Packing(manifest);
    layout = {
      attention: packAttention(attention, name, manifest),
      output: output.matrix(`${name}.attention.output.weight`),
      gateUp: {
        norm: gateUp.floats(`${name}.feedForwardNorm.weight`),
        matrix: gateUp.matrix(`${name}.feedForward.gate.weight`, `${name}.feedForward.up.weight`),
      },
      down: down.matrix(`${name}.feedForward.down.weight`),
    };
    checkStackable(feedForwardWidth, layout.gateUp.matrix);
    uploaded.push({
      attention: await upload(`${name}.attention`, attention),
      output: await upload(`${name}.output`, output),
      gateUp: await upload(`${name}.gateUp`, gateUp),
      down: await upload(`${name}.down`, down),
    });
  }
  if (layout === undefined) throw new Error(`A model of no layers, ${queryHeads} and ${keyValueHeads} heads.`);
  const head = new Packing(manifest);
  const norm = head.floats('finalNorm.weight');
  const matrix = head.matrix('embedding.weight');
  const scorers = new Packing(manifest);
  const outputs = packScorerOutputs(scorers, manifest);
  return {
    layout, layers: uploaded,
    head: { buffer: await upload('head', head), norm, matrix },
    scorers: { buffer: await upload('scorers', scorers), outputs },
  };
}

function packAttention(packing: Packing, name: string, { geometry }: ModelManifest): AttentionWeights {
  const scorer = `${name}.scorer.${geometry.scorerHidden > 0 ? 'hidden' : 'output'}`;
  return {
    norm: packing.floats(`${name}.attentionNorm.weight`),
    queryKeyValue: packing.matrix(`${name}.attention.queryKeyValue.weight`),
    bias: packing.floats(`${name}.attention.queryKeyValue.bias`),
    scorer: packing.floatMatrix(`${scorer}.weight`),
    scorerBias: packing.floats(`${scorer}.bias`),
  };
}

function packScorerOutputs(packing: Packing, { geometry }: ModelManifest): ScorerOutputs | undefined {
  if (geometry.scorerHidden === 0) return undefined;
  const names = Array.from({ length: geometry.layers }, (_, layer) => `layers.${layer}.scorer.output`);
  return { weights: names.map((name) => packing.floats(`${name}.weight`)), biases: names.map((name) => packing.floats(`${name}.bias`)) };
}

/** The pack's files, opened once while weights are copied. */
class Shards implements Disposable {
  private readonly handles = new Map<string, Promise<FileHandle>>();

  constructor(private readonly directory: string) {}

  async upload(gpu: Gpu, buffers: Buffers, label: string, packing: Packing): Promise<GPUBuffer> {
    const buffer = buffers.storage(label, packing.bytes);
    for (const { file, offset, bytes, target } of packing.parts) {
      const handle = await this.handle(file);
      const content = new Uint8Array(Math.ceil(bytes / 4) * 4);
      await handle.read(content, 0, bytes, offset);
      gpu.device.queue.writeBuffer(buffer, target, content);
    }
    return buffer;
  }

  [Symbol.dispose](): void {
    for (const handle of this.handles.values()) void handle.then((open) => open.close());
  }

  private handle(file: string): Promise<FileHandle> {
    const known = this.handles.get(file) ?? open(join(this.directory, file));
    this.handles.set(file, known);
    return known;
  }
}
