import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { modelPackManifest, modelPackRemedy, ProblemError } from '../../protocol';
import { bitsOf, manifestFormatVersion, manifestSchema, type ModelManifest, type TensorEntry } from './manifestSchema';

export { bitsOf, manifestFormatVersion } from './manifestSchema';
export type { FloatTensor, Geometry, ModelManifest, QuantisedTensor, TensorEntry } from './manifestSchema';

export const manifestFileName = modelPackManifest;

export const restoreRemedy = modelPackRemedy;

/**
 * Reads and checks `manifest.json` of a model pack.
 *
 * @throws ProblemError `model-missing` (no such file), `model-version` (a pack of another format), `model-corrupt`.
 */
export async function readManifest(directory: string): Promise<ModelManifest> {
  const path = join(directory, manifestFileName);
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    throw new ProblemError({
      code: 'model-missing',
      what: isAbsent(error) ? `There is no model: ${path} does not exist.` : `The model's manifest ${path} cannot be read (${error instanceof Error ? error.message : String(error)}).`,
      meaning: 'Without it no model can be loaded.',
      remedy: restoreRemedy,
    }, { cause: error });
  }
  return parseManifest(text, path);
}

function isAbsent(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}

/** {@link readManifest} without the disk; `path` is for the messages. */
export function parseManifest(text: string, path: string): ModelManifest {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw corrupt(path, error instanceof Error ? error.message : String(error));
  }
  checkVersion(value, path);
  const parsed = manifestSchema.safeParse(value);
  if (!parsed.success) throw corrupt(path, z.prettifyError(parsed.error).replace(/\s+/g, ' '));
  const fault = findInconsistency(parsed.data);
  if (fault !== undefined) throw corrupt(path, fault);
  return parsed.data;
}

function checkVersion(value: unknown, path: string): void {
  const version = z.object({ formatVersion: z.number() }).safeParse(value);
  if (!version.success || version.data.formatVersion === manifestFormatVersion) return;
  const found = version.data.formatVersion;
  throw new ProblemError({
    code: 'model-version',
    what: `The model pack ${path} has format version ${found}; this engine reads version ${manifestFormatVersion}.`,
    meaning: 'The model and the engine come from different releases, and reading it anyway would give wrong text.',
    remedy: found > manifestFormatVersion
      ? 'Update the extension, or import the model pack of the version that is installed.'
      : restoreRemedy,
  });
}

function corrupt(path: string, detail: string): ProblemError {
  return new ProblemError({
    code: 'model-corrupt',
    what: `The model's manifest ${path} is damaged: ${detail}.`,
    meaning: 'The model cannot be loaded from it.',
    remedy: restoreRemedy,
  });
}

/** What the schema cannot say: tensors lie inside their files, have the bytes of their shape, and heads divide. */
function findInconsistency(manifest: ModelManifest): string | undefined {
  const { geometry, memory, files, tensors } = manifest;
  if (geometry.queryHeads % geometry.keyValueHeads !== 0) return 'queryHeads is not a multiple of keyValueHeads';
  if (geometry.headDim % 2 !== 0) return 'headDim is odd';
  const shares = memory?.layerShares?.length ?? geometry.layers;
  if (shares !== geometry.layers) return `memory.layerShares names ${shares} layers where geometry has ${geometry.layers}`;
  for (const file of [manifest.tokenizer.file, manifest.graphs.decoder]) {
    if (!(file in files)) return `"${file}" is not listed under files`;
  }
  for (const [name, tensor] of Object.entries(tensors)) {
    const file = files[tensor.file] as { bytes: number } | undefined;
    if (file === undefined) return `tensor "${name}" lies in "${tensor.file}", which is not listed under files`;
    for (const [part, bytes] of tensorParts(tensor)) {
      if (part.bytes !== bytes) return `tensor "${name}" states ${part.bytes} bytes where its shape needs ${bytes}`;
      if (part.offset + part.bytes > file.bytes) return `tensor "${name}" ends behind the end of "${tensor.file}"`;
    }
  }
  return undefined;
}

/** Data, scales and zero points, each with the bytes that the shape asks for. */
function tensorParts(tensor: TensorEntry): [{ offset: number; bytes: number }, number][] {
  if (tensor.type === 'float32') return [[tensor, 4 * tensor.shape.reduce((product, size) => product * size, 1)]];
  const bits = bitsOf(tensor);
  const [out, width] = tensor.shape;
  const blocks = Math.ceil(width / tensor.blockSize);
  const parts: [{ offset: number; bytes: number }, number][] = [
    [tensor, out * blocks * tensor.blockSize * bits / 8],
    [tensor.scales, out * blocks * 2],
  ];
  if (tensor.zeroPoints) parts.push([tensor.zeroPoints, out * Math.ceil(blocks * bits / 8)]);
  return parts;
}

/** First 16 hex digits of the SHA-256 over the files' hashes in order of their names: changes with any weight or graph. */
export function packVersionOf(files: Readonly<Record<string, { readonly sha256: string }>>): string {
  const hash = createHash('sha256');
  for (const name of Object.keys(files).sort()) hash.update(`${name} ${files[name].sha256}\n`);
  return hash.digest('hex').slice(0, 16);
}
