/**
 * Lets messages in: a run of the model blocks the event loop, so a cancellation can only arrive between runs. A message
 * takes one turn to be read and another to be handled.
 *
 * @throws the signal's reason when it was aborted
 */
export async function yieldToEvents(signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve));
  signal.throwIfAborted();
}
