import { Engine } from '../../src/engine/engine';
import { defaultDoNotRead, defaultMemoryBudgetMegabytes, protocolVersion } from '../../src/protocol';
import { temporaryDirectory, type TemporaryDirectory } from '../fixtures/temporaryDirectory';
import { writeTinyPack, type TinyPackOptions } from '../fixtures/tinyPack';

/**
 * The whole engine on a tiny random model, for a suite: everything is real but for what it writes.
 *
 * @param folder that it reads as a workspace
 */
export function useTinyEngine(folder?: string): () => Engine {
  const workspace = folder === undefined ? {} : { workspace: { folders: [{ folder, doNotRead: defaultDoNotRead }] } };
  const pack = useTinyPack();
  let engine: Engine | undefined;
  before(async () => {
    engine = await Engine.load({ ...tinyRequest(pack.path), ...workspace }, { progress: () => undefined, log: () => undefined });
  });
  after(() => engine?.dispose());
  return () => {
    if (engine === undefined) throw new Error('The engine is asked for before the suite runs.');
    return engine;
  };
}

/** A tiny random model in a folder of its own, for a suite; its path is there once the suite runs. */
export function useTinyPack(options: TinyPackOptions = {}): { readonly path: string } {
  let directory: TemporaryDirectory | undefined;
  before(async () => {
    directory = await temporaryDirectory();
    await writeTinyPack(directory.path, options);
  });
  after(() => directory?.remove());
  return {
    get path() {
      if (directory === undefined) throw new Error('The model is asked for before the suite runs.');
      return directory.path;
    },
  };
}

export function tinyRequest(directory: string) {
  return { protocolVersion, modelDirectory: directory, cacheDirectory: directory, memoryBudgetMegabytes: defaultMemoryBudgetMegabytes, threads: 1 };
}
