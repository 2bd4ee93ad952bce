/** Awaited between slices of work on a large file: what else the process has to do goes first. */
export type Pause = () => Promise<void>;

/** Work on one large file takes seconds: nothing else in the process waits for it longer than about this. */
const sliceMilliseconds = 8;

/** Runs steps one after the other, with a pause whenever a slice of them took its time. */
export async function inSlices<Result>(steps: Generator<void, Result>, pause: Pause): Promise<Result> {
  for (let end = performance.now() + sliceMilliseconds; ;) {
    const step = steps.next();
    if (step.done === true) return step.value;
    if (performance.now() < end) continue;
    await pause();
    end = performance.now() + sliceMilliseconds;
  }
}

/** Lets the events in that have arrived. */
export function letEventsIn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
