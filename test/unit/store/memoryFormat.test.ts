import assert from 'node:assert/strict';
import fc from 'fast-check';
import { memoryFrom, memoryParts } from '../../../src/engine/store/memoryFormat';
import { madeStored, shape } from './madeMemory';

const bytesOf = (seed: number, count?: number) => Buffer.concat(memoryParts(madeStored(seed, count)));

describe('the format of a stored memory', () => {
  it('gives back every number of any memory', () => {
    fc.assert(fc.property(fc.nat(1000), fc.nat(40), (seed, count) => {
      assert.deepEqual(memoryFrom(bytesOf(seed, count), shape), madeStored(seed, count));
    }));
  });

  it('does not depend on where in a larger buffer the bytes lie', () => {
    for (const offset of [0, 1, 2, 3]) {
      const around = new Uint8Array(bytesOf(1).length + 8);
      around.set(bytesOf(1), offset);
      assert.deepEqual(memoryFrom(around.subarray(offset, offset + bytesOf(1).length), shape), madeStored(1));
    }
  });

  it('refuses another geometry, and fewer or more bytes than its numbers take', () => {
    const bytes = bytesOf(1);
    for (const other of [{ ...shape, layers: 3 }, { ...shape, keyValueHeads: 1 }, { ...shape, headDim: 16 }]) assert.equal(memoryFrom(bytes, other), undefined);
    fc.assert(fc.property(fc.nat(bytes.length - 1), (length) => { assert.equal(memoryFrom(bytes.subarray(0, length), shape), undefined); }));
    assert.equal(memoryFrom(Buffer.concat([bytes, Buffer.alloc(1)]), shape), undefined);
  });
});
