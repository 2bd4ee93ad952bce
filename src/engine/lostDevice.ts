import { ProblemError } from '../protocol';
import type { Engine } from './engine';

/** Whether an error means that an engine's device is gone and another may do better. */
export function isLostDevice(error: unknown, { info }: Engine): boolean {
  return error instanceof ProblemError && error.problem.code === 'device-lost' && info.device.kind !== 'cpu';
}

/**
 * Opens an engine in place of one whose device is lost, with the documents that are open in that. What was read is read
 * again: nothing else is lost with a device.
 */
export async function openInPlaceOf(lost: Engine, open: () => Promise<Engine>): Promise<Engine> {
  const documents = [...lost.documents.all()].map(({ uri, path, languageId, version, content }) => (
    { uri, path, languageId, version, text: 'unreadable' in content ? undefined : content.text }
  ));
  lost.stopReading();
  // Its requests all end with the same error; it settles while the other loads.
  void lost.dispose().catch(() => undefined);
  const engine = await open();
  for (const { text, ...document } of documents) if (text !== undefined) engine.documents.open({ ...document, text });
  return engine;
}
