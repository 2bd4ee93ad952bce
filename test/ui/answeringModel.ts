import { missingModelFiles, shippedModel } from '../fixtures/shippedModel';
import { temporaryFolder } from '../host/temporaryFolder';
import { writeTinyPack } from '../fixtures/tinyPack';

/**
 * The folder of a model that writes: the real one where it is whole, else one of random weights, large enough that a person
 * can stop it. What is tested here does not depend on what it writes.
 */
export async function answeringModel(): Promise<AsyncDisposable & { readonly path: string }> {
  const real = process.env.SPARSEK_TEST_MODEL ?? shippedModel;
  if ((await missingModelFiles(real)).length === 0) return { path: real, [Symbol.asyncDispose]: () => Promise.resolve() };
  const folder = await temporaryFolder('model');
  await writeTinyPack(folder.path, { geometry: { layers: 16, width: 256, queryHeads: 4, keyValueHeads: 2, headDim: 64, feedForwardWidth: 1024 } });
  return folder;
}
