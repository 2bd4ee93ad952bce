import { z } from 'zod';
import { modelPackFileName, modelPackFormatVersion } from '../../protocol';

export const manifestFormatVersion = modelPackFormatVersion;

const count = z.int().positive();
const index = z.int().nonnegative();
/** More than four times K would leave the plans' positions. */
const share = z.number().min(0).max(4);
const hash = z.string().regex(/^[0-9a-f]{64}$/);
const fileName = z.string().regex(modelPackFileName);

const geometrySchema = z.object({
  layers: count,
  width: count,
  queryHeads: count,
  keyValueHeads: count,
  headDim: count,
  feedForwardWidth: count,
  vocabulary: count,
  ropeTheta: z.number().positive(),
  rmsNormEpsilon: z.number().positive(),
  maxPositions: count,
  /** Width of the scorer's hidden layer; 0 is a linear scorer. */
  scorerHidden: index,
}).readonly();

const placeSchema = z.object({ file: fileName, offset: index, bytes: index });

const floatTensorSchema = placeSchema.extend({
  type: z.literal('float32'),
  shape: z.array(count).readonly(),
}).readonly();

/**
 * Quantised in blocks along `in`, laid out for ONNX Runtime's MatMulNBits: data uint8 `[out, in/block, block*bits/8]`,
 * low bits first; scales float16 `[out, in/block]`; zero points uint8 `[out, ceil(in/block*bits/8)]`, or none when the
 * middle of the range is zero.
 */
const quantisedTensorSchema = placeSchema.extend({
  type: z.enum(['int4', 'int8']),
  /** `[out, in]` */
  shape: z.tuple([count, count]).readonly(),
  blockSize: count,
  scales: z.object({ type: z.literal('float16'), offset: index, bytes: index }).readonly(),
  zeroPoints: z.object({ offset: index, bytes: index }).readonly().optional(),
}).readonly();

export const manifestSchema = z.object({
  formatVersion: z.literal(manifestFormatVersion),
  name: z.string().min(1),
  displayName: z.string().min(1),
  /** Changes with any weight or graph; what was computed with another version is worthless. */
  packVersion: z.string().min(1),
  base: z.object({ name: z.string(), source: z.string(), license: z.string(), sha256: hash }).readonly(),
  geometry: geometrySchema,
  /**
   * How the SparseK memory lies in the layers. `layerShares`: one number a layer, from 0 to 4, what its memory holds as a
   * multiple of K, rounded (`entriesOf` in kernels); left out, every layer holds K. The graph is emitted for it.
   */
  memory: z.object({ layerShares: z.array(share).readonly().optional() }).readonly().optional(),
  /** The prefix that every state starts with: an attention sink of fixed tokens. */
  sinkTokens: z.array(index).readonly(),
  specialTokens: z.object({
    endOfText: index,
    imStart: index,
    imEnd: index,
    fimPrefix: index,
    fimMiddle: index,
    fimSuffix: index,
    fimPad: index,
    repoName: index,
    fileSeparator: index,
  }).readonly(),
  tokenizer: z.object({
    file: fileName,
    pattern: z.string().min(1),
    normalization: z.enum(['NFC', 'none']),
    specialTokens: z.record(z.string(), index).readonly(),
  }).readonly(),
  graphs: z.object({ decoder: fileName }).readonly(),
  files: z.record(fileName, z.object({ bytes: index, sha256: hash }).readonly()).readonly(),
  tensors: z.record(z.string(), z.discriminatedUnion('type', [quantisedTensorSchema, floatTensorSchema])).readonly(),
}).readonly();

export type ModelManifest = z.infer<typeof manifestSchema>;
export type Geometry = z.infer<typeof geometrySchema>;
export type FloatTensor = z.infer<typeof floatTensorSchema>;
export type QuantisedTensor = z.infer<typeof quantisedTensorSchema>;
export type TensorEntry = FloatTensor | QuantisedTensor;

export function bitsOf(tensor: QuantisedTensor): 4 | 8 {
  return tensor.type === 'int4' ? 4 : 8;
}
