import assert from 'node:assert/strict';
import fc from 'fast-check';
import { sparsek, sparsekJacobianProduct } from '../../../kernels';

const scores = (most: number) => fc.array(fc.double({ min: -3, max: 3, noNaN: true }), { minLength: 1, maxLength: most });
/** z and a budget between 0 and its length. */
const problem = (most: number) => scores(most).chain((z) => fc.tuple(fc.constant(z), fc.double({ min: 0, max: z.length, noNaN: true })));

describe('SPARSEK', () => {
  it('is the projection that brute force over all active sets finds', () => {
    fc.assert(fc.property(problem(6), ([z, k]) => {
      const { p } = sparsek(z, k);
      const best = bruteForce(z, k);
      p.forEach((value, i) => assert.ok(Math.abs(value - best[i]) < 1e-6, `${value} against ${best[i]}`));
    }));
  });

  it('keeps every entry between 0 and 1 and spends exactly k', () => {
    fc.assert(fc.property(problem(200), ([z, k]) => {
      const { p } = sparsek(z, k);
      assert.ok(p.every((value) => value >= 0 && value <= 1));
      assert.ok(Math.abs(p.reduce((sum, value) => sum + value, 0) - k) < 1e-9 * (1 + z.length));
    }));
  });

  it('never raises an entry when another is added: what was dropped stays dropped', () => {
    fc.assert(fc.property(scores(30), fc.double({ min: -3, max: 3, noNaN: true }), fc.nat(), (z, added, seed) => {
      const k = seed % (z.length + 1);
      const before = sparsek(z, k);
      const after = sparsek([...z, added], k);
      before.p.forEach((value, i) => assert.ok(after.p[i] <= value + 1e-9));
    }));
  });

  it('is top-k where the scores stand at least 1 apart', () => {
    assert.deepEqual([...sparsek([5, 1, 9, 3], 2).p], [1, 0, 1, 0]);
  });

  it('shares the budget evenly among equal scores', () => {
    assert.deepEqual([...sparsek([2, 2, 2, 2], 1).p], [0.25, 0.25, 0.25, 0.25]);
  });

  it('takes nothing for k = 0 and everything for k = n', () => {
    assert.deepEqual([...sparsek([0.3, -7, 2], 0).p], [0, 0, 0]);
    assert.deepEqual([...sparsek([0.3, -7, 2], 3).p], [1, 1, 1]);
  });

  it('refuses a budget it cannot spend', () => {
    assert.throws(() => sparsek([1, 2], 3), RangeError);
    assert.throws(() => sparsek([1, 2], NaN), RangeError);
  });

  it('has the Jacobian that finite differences find', () => {
    fc.assert(fc.property(problem(12), fc.infiniteStream(fc.double({ min: -1, max: 1, noNaN: true })), ([z, k], stream) => {
      const v = [...stream.take(z.length)];
      const step = 1e-6;
      const { p } = sparsek(z, k);
      const at = (factor: number) => sparsek(z.map((value, i) => value + factor * step * v[i]), k).p;
      const ahead = at(1);
      const behind = at(-1);
      // At a kink the derivative does not exist; the active set is the same on both sides elsewhere.
      fc.pre([ahead, behind].every((q) => q.every((value, i) => part(value) === part(p[i]))));
      sparsekJacobianProduct(p, v).forEach((value, i) => {
        assert.ok(Math.abs(value - (ahead[i] - behind[i]) / (2 * step)) < 1e-6);
      });
    }));
  });
});

function part(p: number): string {
  if (p <= 0) return 'zero';
  return p >= 1 ? 'one' : 'between';
}

/** Every way to put each entry at 0, at 1 or in between; of those that are feasible the nearest to z. */
function bruteForce(z: readonly number[], k: number): number[] {
  let best: number[] = [];
  let least = Infinity;
  for (let code = 0; code < 3 ** z.length; code++) {
    const sets = z.map((_, i) => Math.floor(code / 3 ** i) % 3);
    const free = z.filter((_, i) => sets[i] === 2);
    const ones = sets.filter((set) => set === 1).length;
    if (free.length === 0 && Math.abs(ones - k) > 1e-9) continue;
    const tau = free.length === 0 ? 0 : (free.reduce((sum, value) => sum + value, 0) + ones - k) / free.length;
    const p = z.map((value, i) => (sets[i] === 2 ? value - tau : sets[i]));
    if (p.some((value) => value < -1e-9 || value > 1 + 1e-9)) continue;
    const distance = p.reduce((sum, value, i) => sum + (value - z[i]) ** 2, 0);
    if (distance < least) [least, best] = [distance, p];
  }
  return best;
}
