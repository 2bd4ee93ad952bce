import { Engine } from '../../src/engine/engine';
import { defaultDoNotRead, defaultMemoryBudgetMegabytes, protocolVersion } from '../../src/protocol';
import { temporaryDirectory, type TemporaryDirectory } from '../fixtures/temporaryDirectory';
import { writeTinyPack } from '../fixtures/tinyPack';

/**
 * The whole engine on a tiny random model, for a suite: everything is real but for what it writes.
 *
 * @param folder that it reads as a workspace
 */
export function useTinyEngine(folder?: string): () => Engine {
  const workspace = folder === undefined ? {} : { workspace: { folders: [{ folder, doNotRead: defaultDoNotRead }] } };
  let engine: Engine | undefined;
  let directory: TemporaryDirectory | undefined;
  before(async () => {
    directory = await temporaryDirectory();
    await writeTinyPack(directory.path);
    engine = await Engine.load({ ...tinyRequest(directory.path), ...workspace }, { progress: () => undefined, log: () => undefined });
  });
  after(async () => {
    await engine?.dispose();
    await directory?.remove();
  });
  return () => {
    if (engine === undefined) throw new Error('The engine is asked for before the suite runs.');
    return engine;
  };
}

export function tinyRequest(directory: string) {
  return { protocolVersion, modelDirectory: directory, cacheDirectory: directory, memoryBudgetMegabytes: defaultMemoryBudgetMegabytes, threads: 1 };
}
