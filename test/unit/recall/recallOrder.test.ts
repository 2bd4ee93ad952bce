import assert from 'node:assert/strict';
import { allocateMemory, mergeEntries } from '../../../kernels';
import { SegmentMemories } from '../../../src/engine/memory';
import { priorOfRank } from '../../../src/engine/memory/recall';
import { recallOf, type ChosenSegment } from '../../../src/engine/recall/chooseSegments';

/** Training lays its segments out in the same order: test_data.py of models/training. */
describe('The order of a recall', () => {
  const segment = (key: string, prior: number): ChosenSegment => ({ key, path: `${key}.ts`, startLine: 1, endLine: 2, tokens: Int32Array.of(1), prior });
  const retrieved = ['best', 'second', 'third'].map((key, rank) => segment(key, priorOfRank(rank)));
  const behind = ['below', 'further below'].map((key) => segment(key, 0));
  const recall = recallOf({ retrieved, behind });

  it('has the retrieved segments first, the best of them last, then the rest of the open file in its order', () => {
    assert.deepEqual(recall.segments.map(({ key }) => key), ['third', 'second', 'best', 'below', 'further below']);
  });

  it('gives a retrieved segment the prior of its rank and the open file none', () => {
    const expected = [-0.6 * Math.log2(3), -0.6, 0, 0, 0];
    recall.segments.forEach(({ prior }, i) => { assert.ok(Math.abs(prior - expected[i]) < 1e-12); });
  });

  it('puts every segment before the text of the open file, each in sources of its own', () => {
    const memories = new SegmentMemories(8);
    for (const { key } of recall.segments) {
      const memory = allocateMemory({ layers: 1, keyValueHeads: 1, headDim: 2 }, 2);
      memory.sources.set([0, 1019]);
      memories.add(key, memory);
    }
    const { memories: found, priors } = recall.entriesIn(memories);
    const sources = [...mergeEntries(found, priors, 16).sources];
    assert.equal(sources.length, 2 * recall.segments.length);
    assert.deepEqual(sources, [...sources].sort((a, b) => a - b));
    assert.equal(new Set(sources).size, sources.length);
    assert.equal(sources[sources.length - 1], -1);
  });
});
