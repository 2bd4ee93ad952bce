/** Code that takes a model some time to read: about 30 tokens a line. */
export function longCode(lines: number): string {
  return Array.from({ length: lines }, (_, i) => `export const value${i} = compute(${i}, "some text", [${i}, ${i + 1}]);`).join('\n');
}
