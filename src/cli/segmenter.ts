import { readManifest, Tokenizer } from '../engine/model';
import { Grammars, Segmenter } from '../engine/workspace';
import { shippedModelDirectory } from './folders';
import type { Streams } from './streams';

/**
 * What cuts files as the engine does, without loading the model: its tokenizer and the grammars. Both stay until the
 * process ends.
 *
 * @throws ProblemError when the model pack's tokenizer cannot be read
 */
export async function openSegmenter(modelDirectory: string | undefined, streams: Streams): Promise<Segmenter> {
  const directory = modelDirectory ?? shippedModelDirectory();
  const tokenizer = await Tokenizer.open(directory, await readManifest(directory));
  return new Segmenter(tokenizer, await Grammars.open(undefined, (message) => streams.note(message)));
}
