import assert from 'node:assert/strict';
import fc from 'fast-check';
import { entriesOfStored, storedBytes, toStored } from '../../../src/engine/memory';
import { madeMemory, shape } from '../store/madeMemory';
import { whole } from './whole';

describe('a memory as it is kept', () => {
  it('has whole scores and sources, keys within half a step of their channel and values within half a step of their entry', () => {
    fc.assert(fc.property(fc.nat(1000), fc.integer({ min: 1, max: 40 }), (seed, count) => {
      const memory = madeMemory(seed, count);
      const stored = toStored(memory);
      const back = whole(entriesOfStored(stored));
      assert.deepEqual(back.scores, memory.scores);
      assert.deepEqual(back.sources, memory.sources);
      for (let at = 0; at < memory.keys.length; at++) {
        const entry = Math.floor(at / shape.headDim);
        const channel = Math.floor(entry / count) * shape.headDim + at % shape.headDim;
        assert.ok(Math.abs(back.keys[at] - memory.keys[at]) <= 0.5001 * stored.keyStep[channel] + 1e-4 * Math.abs(memory.keys[at]));
        assert.ok(Math.abs(back.values[at] - memory.values[at]) <= 0.5001 * stored.valueStep[entry]);
      }
    }));
  });

  it('is the same when it is kept again', () => {
    fc.assert(fc.property(fc.nat(1000), (seed) => {
      const once = whole(entriesOfStored(toStored(madeMemory(seed))));
      const again = whole(entriesOfStored(toStored(once)));
      for (const part of ['keys', 'values'] as const) again[part].forEach((value, i) => assert.ok(Math.abs(value - once[part][i]) <= 1e-4 * (1 + Math.abs(once[part][i]))));
    }));
  });

  it('keeps numbers that are all alike, and none at all', () => {
    const flat = madeMemory(1);
    flat.keys.fill(-7);
    flat.values.fill(0);
    const back = whole(entriesOfStored(toStored(flat)));
    assert.ok(back.keys.every((key) => key === -7) && back.values.every((value) => value === 0));
    assert.equal(whole(entriesOfStored(toStored(madeMemory(1, 0)))).count, 0);
  });

  it('takes the bytes that are planned for it', () => {
    const { keys, keyLeast, keyStep, values, valueStep, scores, sources } = toStored(madeMemory(1, 16));
    const bytes = [keys, keyLeast, keyStep, values, valueStep, scores, sources].reduce((sum, part) => sum + part.byteLength, 0);
    assert.equal(bytes, storedBytes(shape, 16));
  });
});
