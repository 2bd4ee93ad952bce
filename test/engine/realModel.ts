import { Engine } from '../../src/engine/engine';
import { defaultMemoryBudgetMegabytes, protocolVersion } from '../../src/protocol';
import { missingModelFiles, shippedModel } from '../fixtures/shippedModel';
import { temporaryDirectory, type TemporaryDirectory } from '../fixtures/temporaryDirectory';

/**
 * Loads the shipped model once for a suite. While files of it are missing the suite says which and is skipped; it never
 * passes without having run.
 */
export function useRealModel(): () => Engine {
  let engine: Engine | undefined;
  let cache: TemporaryDirectory | undefined;
  before(async function () {
    this.timeout(120_000);
    const missing = await missingModelFiles();
    if (missing.length > 0) {
      console.log(`      skipped: the model is not whole, ${missing.join(', ')} missing`);
      this.skip();
    }
    cache = await temporaryDirectory();
    engine = await Engine.load(realModelRequest(cache.path), { progress: () => undefined, log: () => undefined });
  });
  after(async () => {
    await engine?.dispose();
    await cache?.remove();
  });
  return () => {
    if (engine === undefined) throw new Error('The engine is asked for before the suite runs.');
    return engine;
  };
}

export function realModelRequest(cacheDirectory: string) {
  return { protocolVersion, modelDirectory: shippedModel, cacheDirectory, memoryBudgetMegabytes: defaultMemoryBudgetMegabytes, threads: 0 };
}
