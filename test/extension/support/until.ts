/** Waits until something holds, looking every `interval` milliseconds. @throws Error that names it, when it does not in time */
export async function until(what: string, holds: () => boolean, milliseconds = 20_000, interval = 20): Promise<void> {
  const end = performance.now() + milliseconds;
  while (!holds()) {
    if (performance.now() > end) throw new Error(`Not within ${milliseconds / 1000} s: ${what}`);
    await sleep(interval);
  }
}

export function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
