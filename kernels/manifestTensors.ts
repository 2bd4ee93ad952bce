import type { ModelManifest, QuantisedTensor, TensorEntry } from '../src/engine/model';

/** @throws Error when the manifest lists no such tensor */
export function tensorOf(manifest: ModelManifest, name: string): TensorEntry {
  const tensors: Readonly<Record<string, TensorEntry | undefined>> = manifest.tensors;
  const tensor = tensors[name];
  if (tensor === undefined) throw new Error(`The manifest lists no tensor "${name}".`);
  return tensor;
}

/** @throws Error when the manifest lists no such tensor, or one that is not quantised */
export function quantisedTensorOf(manifest: ModelManifest, name: string): QuantisedTensor {
  const tensor = tensorOf(manifest, name);
  if (tensor.type === 'float32') throw new Error(`Tensor "${name}" must be quantised, not float32.`);
  return tensor;
}
