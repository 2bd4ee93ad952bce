import assert from 'node:assert/strict';
import { planConversation } from '../../../src/engine/memory';
import { readManifest, type ModelManifest } from '../../../src/engine/model';
import { defaultConversationBudgetMegabytes, ProblemError } from '../../../src/protocol';
import { shippedModel } from '../../fixtures/shippedModel';

describe('the plan of a conversation', () => {
  let manifest: ModelManifest;
  before(async () => { manifest = await readManifest(shippedModel); });

  it('keeps the default budget with the shipped model', () => {
    const plan = planConversation(defaultConversationBudgetMegabytes, manifest);
    assert.ok(plan.keyValueBytes <= defaultConversationBudgetMegabytes * 1e6);
    assert.equal(plan.entries, 1024);
    assert.equal(plan.window, 1024);
  });

  it('counts the bytes of every layer', () => {
    const { layers } = manifest.geometry;
    const more = planConversation(1000, { ...manifest, memory: { layerShares: Array.from({ length: layers }, () => 2) } });
    assert.equal(more.keyValueBytes - planConversation(1000, manifest).keyValueBytes, 1024 * layers * 2 * manifest.geometry.keyValueHeads * manifest.geometry.headDim * 4);
  });

  it('has no more slots in any layer than the model has positions', () => {
    const short = { ...manifest, geometry: { ...manifest.geometry, maxPositions: 2500 }, memory: { layerShares: Array.from({ length: manifest.geometry.layers }, () => 2) } };
    const plan = planConversation(1000, short);
    assert.ok(plan.slots + plan.entries <= 2500 && plan.entries > 0);
  });

  it('shrinks with the budget, and names the least that works', () => {
    assert.ok(planConversation(30, manifest).entries < 1024);
    assert.throws(() => planConversation(1, manifest), (error) => error instanceof ProblemError && /at least \d+ MB/.test(error.message));
  });
});
