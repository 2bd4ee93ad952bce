import { temporaryDirectory, type TemporaryDirectory } from '../../fixtures/temporaryDirectory';

/** A cache folder of its own for a suite that runs the command line in this process. */
export function useCacheFolder(): () => string {
  const previous = process.env.XDG_CACHE_HOME;
  let directory: TemporaryDirectory | undefined;
  before(async () => {
    directory = await temporaryDirectory();
    process.env.XDG_CACHE_HOME = directory.path;
  });
  after(async () => {
    if (previous === undefined) delete process.env.XDG_CACHE_HOME;
    else process.env.XDG_CACHE_HOME = previous;
    await directory?.remove();
  });
  return () => {
    if (directory === undefined) throw new Error('The folder is asked for before the suite runs.');
    return directory.path;
  };
}
