import { ProblemError, type InitializeRequest } from '../protocol';
import { Engine, type EngineEvents } from './engine';

/** Whether an error means that an engine's device is gone and another may do better. */
export function isLostDevice(error: unknown, { info }: Engine): boolean {
  return error instanceof ProblemError && error.problem.code === 'device-lost' && info.device.kind !== 'cpu';
}

/**
 * Loads an engine on the CPU with the documents that the lost one has open. What was read is read again: nothing else is
 * lost with a device.
 */
export async function loadInPlaceOf(lost: Engine, request: InitializeRequest, events: EngineEvents): Promise<Engine> {
  const documents = [...lost.documents.all()].map(({ uri, path, languageId, version, content }) => (
    { uri, path, languageId, version, text: 'unreadable' in content ? undefined : content.text }
  ));
  lost.stopReading();
  // Its requests all end with the same error; it settles while the other loads.
  void lost.dispose().catch(() => undefined);
  const engine = await Engine.load({ ...request, device: 'cpu' }, events);
  for (const { text, ...document } of documents) if (text !== undefined) engine.documents.open({ ...document, text });
  return engine;
}
