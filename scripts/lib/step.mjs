// Says what is being done and how long it took.

/**
 * @template T
 * @param {string} what
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function step(what, work) {
  const start = performance.now();
  console.log(`> ${what}`);
  const result = await work();
  console.log(`  ${((performance.now() - start) / 1000).toFixed(1)} s: ${what}`);
  return result;
}

/**
 * A line for a person, and an exit code, instead of a stack: for failures whose message says what to do.
 * @param {() => Promise<number>} main
 */
export async function main(main) {
  try {
    process.exit(await main());
  } catch (error) {
    console.error(process.env.DEBUG ? error : `\n${error instanceof Error ? error.message : error}`);
    process.exit(1);
  }
}
