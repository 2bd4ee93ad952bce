/** @typedef {{ passed: number, failed: number, skipped: number }} Counts */

/** @param {Counts[]} all */
export function sum(all) {
  const none = { passed: 0, failed: 0, skipped: 0 };
  return all.reduce((a, b) => ({ passed: a.passed + b.passed, failed: a.failed + b.failed, skipped: a.skipped + b.skipped }), none);
}

/** @param {Counts} counts */
export function describeCounts({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed, ${skipped} skipped`;
}
