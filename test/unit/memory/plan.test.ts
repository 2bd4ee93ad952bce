import assert from 'node:assert/strict';
import fc from 'fast-check';
import { planMemory } from '../../../src/engine/memory';
import { storedEntries } from '../../../src/engine/memory/encode';
import { defaultMemoryBudgetMegabytes, ProblemError } from '../../../src/protocol';

const small = {
  geometry: {
    layers: 24, width: 896, queryHeads: 14, keyValueHeads: 2, headDim: 64, feedForwardWidth: 4864, vocabulary: 151936,
    ropeTheta: 1e6, rmsNormEpsilon: 1e-6, maxPositions: 32768, scorerHidden: 64,
  },
  sinkTokens: [1, 2, 3, 4],
};
const large = { ...small, geometry: { ...small.geometry, layers: 28, headDim: 128 } };

describe('planMemory', () => {
  it('gives the default budget K = 1,024 and W = 512 in at most 56 MB of live cache', () => {
    const plan = planMemory(defaultMemoryBudgetMegabytes, small);
    assert.equal(plan.entries, 1024);
    assert.equal(plan.window, 512);
    assert.equal(plan.slots, 2191);
    assert.equal(plan.keyValueBytes, (2191 + 1) * 24 * 2 * 64 * 2 * 4);
    assert.ok(plan.keyValueBytes <= 56e6);
  });

  it('never exceeds a budget that it accepts, for any geometry', () => {
    fc.assert(fc.property(fc.double({ min: 1, max: 2000, noNaN: true }), fc.constantFrom(small, large), fc.boolean(), (budget, model, workspace) => {
      let plan;
      try {
        plan = planMemory(budget, model, workspace);
      } catch {
        return;
      }
      assert.ok(plan.keyValueBytes + plan.checkpointBytes + plan.segmentBytes <= budget * 1e6);
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

  it('refuses less than works and names the smallest budget, which then works', () => {
    for (const model of [small, large]) {
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
