import assert from 'node:assert/strict';
import fc from 'fast-check';
import { planMemory, type MemoryPlan } from '../../../src/engine/memory';
import { storedEntries } from '../../../src/engine/memory/encode';
import type { ModelManifest } from '../../../src/engine/model';
import { defaultMemoryBudgetMegabytes, ProblemError } from '../../../src/protocol';

const small = {
  geometry: {
    layers: 24, width: 896, queryHeads: 14, keyValueHeads: 2, headDim: 64, feedForwardWidth: 4864, vocabulary: 151936,
    ropeTheta: 1e6, rmsNormEpsilon: 1e-6, maxPositions: 32768, scorerHidden: 64,
  },
  sinkTokens: [1, 2, 3, 4],
};
const large = { ...small, geometry: { ...small.geometry, layers: 28, headDim: 128 } };

/** 24 layers, the last eight with twice K. */
const late = { ...small, memory: { layerShares: [...Array.from({ length: 16 }, () => 0.5), ...Array.from({ length: 8 }, () => 2)] } };
const models = fc.oneof(fc.constantFrom(small, large, late), fc.array(fc.double({ min: 0, max: 4, noNaN: true }), { minLength: 24, maxLength: 24 })
  .map((layerShares) => ({ ...small, memory: { layerShares } })));

/** Keys and values of a cache, layer by layer; a slot more in each, for the copy that a single token runs with. */
function bytesOf({ entries, slots }: MemoryPlan, { geometry, memory }: Pick<ModelManifest, 'geometry' | 'memory'>): number {
  const { layers, keyValueHeads, headDim } = geometry;
  const shares = memory?.layerShares ?? Array.from({ length: layers }, () => 1);
  return shares.reduce((sum, share) => sum + (slots - entries + Math.round(entries * share) + 1) * 2 * keyValueHeads * headDim * 4, 0);
}

describe('planMemory', () => {
  it('gives the default budget K = 1,024 and W = 512 in at most 56 MB of live cache', () => {
    const plan = planMemory(defaultMemoryBudgetMegabytes, small);
    assert.equal(plan.entries, 1024);
    assert.equal(plan.window, 512);
    assert.equal(plan.slots, 2191);
    assert.equal(plan.keyValueBytes, (2191 + 1) * 24 * 2 * 64 * 2 * 4);
    assert.ok(plan.keyValueBytes <= 56e6);
  });

  it('never exceeds a budget that it accepts, for any geometry and any shares', () => {
    fc.assert(fc.property(fc.double({ min: 1, max: 2000, noNaN: true }), models, fc.boolean(), (budget, model, workspace) => {
      let plan;
      try {
        plan = planMemory(budget, model, workspace);
      } catch {
        return;
      }
      assert.ok(plan.keyValueBytes + plan.readAheadBytes + plan.checkpointBytes + plan.segmentBytes <= budget * 1e6);
      assert.equal(plan.keyValueBytes, bytesOf(plan, model));
      assert.ok(plan.checkpoints >= 2);
      assert.equal(plan.window % plan.chunk, 0);
    }));
  });

  it('leaves room for the memory of a segment to compete, in the slots of a live part that is not read yet', () => {
    fc.assert(fc.property(fc.double({ min: 1, max: 2000, noNaN: true }), fc.constantFrom(small, large), (budget, model) => {
      let plan;
      try {
        plan = planMemory(budget, model, true);
      } catch {
        return;
      }
      assert.ok(plan.slots - model.sinkTokens.length - plan.entries >= storedEntries);
    }));
  });

  it('counts the bytes of every layer: half of K in sixteen layers and twice K in eight are the bytes of K in all', () => {
    for (const workspace of [false, true]) assert.deepEqual(planMemory(defaultMemoryBudgetMegabytes, late, workspace), planMemory(defaultMemoryBudgetMegabytes, small, workspace));
    const more = planMemory(1000, { ...small, memory: { layerShares: Array.from({ length: 24 }, (_, layer) => (layer < 20 ? 1 : 2)) } });
    const plain = planMemory(1000, small);
    assert.equal(more.keyValueBytes - plain.keyValueBytes, 4 * 1024 * 1024);
    assert.equal(more.checkpointBytes - plain.checkpointBytes, 8 * 4 * 1024 * 2 * (2 * 64 * 2 + 8));
  });

  it('plans no more slots in any layer than the model has positions', () => {
    const short = { ...late, geometry: { ...late.geometry, maxPositions: 2400 } };
    const plan = planMemory(1000, short);
    assert.ok(plan.slots + plan.entries <= 2400 && plan.entries >= 512, `${plan.entries} entries`);
  });

  it('refuses less than works and names the smallest budget, which then works', () => {
    for (const model of [small, large, late]) {
      assert.throws(() => planMemory(3, model), (error) => {
        assert.ok(error instanceof ProblemError);
        assert.equal(error.problem.code, 'memory-budget');
        const smallest = Number(/(\d+) MB/.exec(error.problem.remedy)?.[1]);
        planMemory(smallest, model);
        assert.throws(() => planMemory(smallest - 1, model), ProblemError);
        return true;
      });
    }
  });

  it('gives a workspace the state that reads its segments and at least eight of them in the default budget', () => {
    const plan = planMemory(defaultMemoryBudgetMegabytes, small, true);
    assert.equal(plan.entries, 1024);
    assert.ok(plan.segments >= 8, `${plan.segments} segments`);
    assert.equal(plan.segmentBytes, (4 + 1020 + 1) * 24576 + plan.segments * 24 * 2 * (256 * (2 * 64 + 12) + 8 * 64));
    assert.equal(planMemory(defaultMemoryBudgetMegabytes, small).segmentBytes, 0);
  });

  it('leaves the workspace out where it does not fit, and keeps what works without', () => {
    assert.deepEqual(planMemory(40, small, true), planMemory(40, small));
  });

  it('holds less in a smaller budget', () => {
    const entries = [300, 150, 80, 60, 40, 25, 20].map((budget) => planMemory(budget, small).entries);
    assert.deepEqual(entries, [...entries].sort((a, b) => b - a));
    assert.ok(entries[0] > entries[entries.length - 1]);
  });
});
