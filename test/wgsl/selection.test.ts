import assert from 'node:assert/strict';
import fc from 'fast-check';
import { topK } from '../../kernels';
import { largestLogit, largestParts, placeSelected, rankCandidates } from '../../kernels/wgsl';
import { Random } from '../fixtures/random';
import { runKernel } from './kernelRun';
import { useGpu } from './testGpu';

describe('selection on the GPU', () => {
  const gpu = useGpu();

  it('chooses what topK chooses: ties, both zeros, infinities, NaN, sources in any order', async () => {
    const score = fc.constantFrom(0, -0, 1, -1, 2.5, Infinity, -Infinity, NaN, 1e-40, -1e-40);
    const entry = fc.record({ score, source: fc.integer({ min: -5, max: 40 }) });
    const property = fc.asyncProperty(fc.array(entry, { minLength: 1, maxLength: 90 }), fc.nat(90), fc.nat(90), fc.nat(7), async (entries, memoryCount, keep, gap) => {
      const first = Math.min(memoryCount, entries.length);
      const kept = Math.min(keep, entries.length);
      if (kept === 0) return;
      // A pinned gap lies between memory and evicted.
      const slots = [...entries.slice(0, first), ...Array.from({ length: gap }, () => ({ score: Infinity, source: 99 })), ...entries.slice(first)];
      const [memoryStart, evictedStart] = [0, first + gap];
      const uniform = Uint32Array.of(memoryStart, first, evictedStart, entries.length - first, kept, 0, slots.length, 0);
      const scores = Float32Array.from(slots, (slot) => slot.score);
      const sources = Int32Array.from(slots, (slot) => slot.source);
      const [, , , selected] = await runKernel(gpu(), rankCandidates(), [uniform, scores, sources, new Uint32Array(entries.length)], [2, 1]);
      const [, , , origins] = await runKernel(gpu(), placeSelected(), [uniform, sources, new Uint32Array(selected), new Uint32Array(kept)], [2, 1]);
      const expected = topK(Float32Array.from(entries, (one) => one.score), Int32Array.from(entries, (one) => one.source), entries.length, kept);
      assert.deepEqual([...new Uint32Array(origins)], Array.from(expected, (candidate) => (candidate < first ? candidate : candidate + gap)));
    });
    await fc.assert(property, { numRuns: 25, seed: 8 });
  });

  it('finds the largest logit, the first of equals', async () => {
    const vocabulary = 3001;
    const logits = new Random(2).normals(3 * vocabulary);
    logits.set([50], 1234);
    logits.set([60, 60], vocabulary + 777);
    logits[2 * vocabulary + 3000] = 70;
    logits[2 * vocabulary + 2999] = 70;
    const [, best] = await runKernel(gpu(), largestLogit(vocabulary), [logits, new Uint32Array(3 * largestParts * 2)], [largestParts, 3]);
    const [values, tokens] = [new Float32Array(best), new Uint32Array(best)];
    const found = [0, 1, 2].map((row) => {
      const parts = Array.from({ length: largestParts }, (_, part) => row * largestParts + part);
      return tokens[2 * parts.reduce((a, b) => (values[2 * b] > values[2 * a] ? b : a)) + 1];
    });
    assert.deepEqual(found, [1234, 777, 2999]);
  });
});
